#!/usr/bin/env bash
# From a bare Debian to a trained network in a few minutes: installs what is missing, builds the
# programs, draws scans of knees (DICOM), makes a data set of them, trains, evaluates and predicts
# masks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
project=projects/FlexUNet/Phantom
scans=dataset/Phantom-scans
master=dataset/Phantom-master
data=dataset/Phantom

scripts/setup.sh
cmake --preset release
cmake --build --preset release -j"$(nproc)" --target \
  flexunet-train flexunet-evaluate flexunet-infer flexunet-inspect flexunet-convert \
  flexunet-phantom flexunet-generate flexunet-split flexunet-verify flexunet-statistics
PATH=$PWD/build/release/bin:$PATH

# Each program's folder appears when it is complete, so that an interrupted run can be repeated.
[[ -d $scans ]] || flexunet-phantom $scans --dicom --count 120 --size 128
[[ -d $master ]] || flexunet-generate $scans/images $scans/masks $master \
  --recolor '255=(128,40,40)' --no-augmentation
[[ -d $data ]] || flexunet-split $master $data
flexunet-verify $project/train_eval_infer.config
flexunet-statistics $data --output $project

"$project/1.train.sh"
"$project/2.evaluate.sh"
"$project/3.infer.sh"

echo
echo "Done. Look at:"
show() {
  if [[ -e $project/$2 ]]; then printf '  %-18s %s\n' "$1" "$project/$2"; fi
}
show "images per split" Phantom_Statistics.png
show "learning curves" eval/train_losses.png
show "" eval/train_metrics.png
show "scores" evaluation.csv
show "predicted masks" mini_test_output/
show "mask of each epoch" epoch_change_infer/
show "trained model" models/best_model.safetensors

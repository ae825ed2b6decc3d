#!/usr/bin/env bash
# From a bare Debian 12 to a trained network in a few minutes: installs what is missing, builds the
# programs, makes a small data set of drawn phantoms, trains, evaluates and predicts masks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
project=projects/FlexUNet/Phantom
data=dataset/Phantom

scripts/setup.sh
cmake --preset release
cmake --build --preset release -j"$(nproc)" --target \
  flexunet-train flexunet-evaluate flexunet-infer flexunet-inspect flexunet-phantom

if [[ ! -d $data ]]; then
  # Renamed when complete, so that an interrupted run does not leave half a data set behind.
  rm -rf "$data.partial"
  build/release/bin/flexunet-phantom "$data.partial" --count 120 --size 128
  mv "$data.partial" "$data"
fi

"$project/1.train.sh"
"$project/2.evaluate.sh"
"$project/3.infer.sh"

echo
echo "Done. Look at:"
show() {
  if [[ -e $project/$2 ]]; then printf '  %-18s %s\n' "$1" "$project/$2"; fi
}
show "learning curves" eval/train_losses.png
show "" eval/train_metrics.png
show "scores" evaluation.csv
show "predicted masks" mini_test_output/
show "mask of each epoch" epoch_change_infer/
show "trained model" models/best_model.safetensors

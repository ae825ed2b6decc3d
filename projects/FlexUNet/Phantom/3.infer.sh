#!/bin/sh
# Predicts the masks of the images in [infer] images_dir. Further arguments are passed on.
cd "$(dirname "$0")" && exec ../../run.sh flexunet-infer train_eval_infer.config "$@"

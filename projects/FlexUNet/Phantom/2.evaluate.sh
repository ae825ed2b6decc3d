#!/bin/sh
# Scores the best model on the test split. Further arguments are passed on.
cd "$(dirname "$0")" && exec ../../run.sh flexunet-evaluate train_eval_infer.config "$@"

#!/bin/sh
# Trains the network. Further arguments are passed on.
cd "$(dirname "$0")" && exec ../../run.sh flexunet-train train_eval_infer.config "$@"

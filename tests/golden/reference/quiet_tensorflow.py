"""TensorFlow without its remarks about processors and about its own future."""

import os
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf

tf.get_logger().setLevel("ERROR")
warnings.filterwarnings("ignore", category=UserWarning, module="keras")

#pragma once

namespace flexunet {

/// Makes the calling thread, and every thread that it starts from now on, take numbers too small
/// for their format's full precision (denormals) as zero and round such results to zero. To be
/// called first in every program that runs a network, before a library starts threads. Nothing
/// happens on processors other than x86-64 and 64-bit Arm; on the latter it was seen in QEMU alone.
void flush_denormals();

}  // namespace flexunet

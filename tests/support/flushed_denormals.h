#pragma once

namespace flexunet {

/// Whether the calling thread takes numbers too small for full precision as zero.
inline bool flushes_denormals() {
  volatile float denormal = 1e-40F;
  return denormal * 1.0F == 0.0F;
}

}  // namespace flexunet

#pragma once

namespace flexunet {

/// Makes the C library keep large blocks that are freed for the next ones instead of returning them
/// to the system: a training step frees and takes the same gigabytes again, and the system hands
/// out every page of them anew, filled with zeros. To be called once, before the first large block.
/// Nothing happens where the C library is not glibc.
void keep_freed_memory();

}  // namespace flexunet

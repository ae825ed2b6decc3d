#pragma once

#include <vector>

#include "flexunet/scans/scans.h"

namespace flexunet {

/// Puts files into the order of list_slices; each is given by its first slice.
void order_files(std::vector<ScanSlice>& files);

}  // namespace flexunet

#pragma once

namespace flexunet {

/// Makes DCMTK ready, once for the process and from any thread: it prints nothing, has its decoders
/// at hand, and knows the elements that we read even where its dictionary of elements is missing.
void prepare_dcmtk();

}  // namespace flexunet

#pragma once

#include <string>
#include <string_view>

#include "flexunet/scans/dicom_facts.h"
#include "flexunet/scans/scans.h"
#include "scans/dicom_file.h"

namespace flexunet {

/// What a file says of itself. Throws DataError: numbers that are none, a segmentation of a kind
/// that is not read.
DicomFacts find_facts(const DicomFile& file);

/// The facts of a segmentation; `facts` has all but those. Throws DataError.
void add_segments(const DicomFile& file, DicomFacts& facts);

/// Whether the file is a segmentation.
bool is_segmentation(const DicomFile& file);

/// A slice without its path as bytes that another process of this program can read.
std::string pack_slice(const ScanSlice& slice);

/// The slice of such bytes. Throws std::runtime_error for others.
ScanSlice unpack_slice(std::string_view bytes);

}  // namespace flexunet

#pragma once

#include <png.h>

#include <csetjmp>
#include <cstdio>

namespace flexunet {

/// What libpng says of an error, which it reports by longjmp: the functions that call setjmp hold
/// nothing with a destructor.
struct PngMessage {
  char text[128] = "";
};

[[noreturn]] inline void keep_png_message(png_structp png, png_const_charp message) {
  auto* kept = static_cast<PngMessage*>(png_get_error_ptr(png));
  std::snprintf(kept->text, sizeof kept->text, "%s", message);
  png_longjmp(png, 1);
}

inline void ignore_png_warning(png_structp, png_const_charp) {}

}  // namespace flexunet

#include <cstdio>  // jpeglib.h does not include what it uses

#include <jpeglib.h>

#include <fmt/format.h>
#include <jerror.h>

#include <csetjmp>
#include <cstdint>
#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "imaging/picture_check.h"
#include "imaging/stored_picture.h"

namespace flexunet {
namespace {

// libjpeg reports errors through these. The functions that call setjmp hold nothing with a
// destructor.
struct JpegMessages {
  jpeg_error_mgr manager{};
  std::jmp_buf jump{};
  char text[JMSG_LENGTH_MAX] = "";
  bool is_damaged = false;
};

JpegMessages& messages_of(j_common_ptr jpeg) { return *reinterpret_cast<JpegMessages*>(jpeg->err); }

[[noreturn]] void keep_message(j_common_ptr jpeg) {
  JpegMessages& messages = messages_of(jpeg);
  messages.manager.format_message(jpeg, messages.text);
  std::longjmp(messages.jump, 1);
}

// Warnings of these kinds are about bytes beside the pixels.
bool is_harmless(int code) {
  return code == JWRN_EXTRANEOUS_DATA || code == JWRN_BOGUS_ICC || code == JWRN_ADOBE_XFORM ||
         code == JWRN_JFIF_MAJOR || code == JWRN_TOO_MUCH_DATA;
}

void note_warning(j_common_ptr jpeg, int level) {
  if (level >= 0 || is_harmless(jpeg->err->msg_code)) return;  // 0 and above are for tracing
  messages_of(jpeg).is_damaged = true;
}

void print_nothing(j_common_ptr) {}

class JpegReader {
 public:
  JpegReader() {
    jpeg_.err = jpeg_std_error(&messages_.manager);
    messages_.manager.error_exit = keep_message;
    messages_.manager.emit_message = note_warning;
    messages_.manager.output_message = print_nothing;
    jpeg_create_decompress(&jpeg_);
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  bool start(const std::uint8_t* bytes, std::size_t size) {
    if (setjmp(messages_.jump) != 0) return false;
    jpeg_mem_src(&jpeg_, bytes, static_cast<unsigned long>(size));
    jpeg_read_header(&jpeg_, TRUE);
    is_cmyk_ = jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK;
    jpeg_.out_color_space = is_cmyk_ ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(&jpeg_);
    return true;
  }
  bool read_rows(cv::Mat& pixels) {
    if (setjmp(messages_.jump) != 0) return false;
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW row = pixels.ptr(static_cast<int>(jpeg_.output_scanline));
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  bool is_cmyk() const { return is_cmyk_; }
  cv::Size size() const {
    return {static_cast<int>(jpeg_.output_width), static_cast<int>(jpeg_.output_height)};
  }
  const char* message() const { return messages_.text; }
  bool is_damaged() const { return messages_.is_damaged; }

 private:
  JpegMessages messages_;
  jpeg_decompress_struct jpeg_{};
  bool is_cmyk_ = false;
};

// Ink as light, as OpenCV renders it: files hold the complements of all four.
cv::Mat rgb_of_cmyk(const cv::Mat& cmyk) {
  cv::Mat rgb(cmyk.size(), CV_8UC3);
  for (int y = 0; y < cmyk.rows; ++y) {
    const auto* from = cmyk.ptr<cv::Vec4b>(y);
    auto* to = rgb.ptr<cv::Vec3b>(y);
    for (int x = 0; x < cmyk.cols; ++x) {
      const int black = from[x][3];
      for (int c = 0; c < 3; ++c) {
        to[x][c] = static_cast<std::uint8_t>(black - ((255 - from[x][c]) * black >> 8));
      }
    }
  }
  return rgb;
}

}  // namespace

StoredPicture decode_jpeg(const std::string& bytes, const std::string& where) {
  JpegReader reader;
  const auto require = [&](bool done) {
    if (!done) throw DataError(fmt::format("{}: damaged JPEG: {}", where, reader.message()));
  };
  require(reader.start(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
  StoredPicture picture;
  picture.pixels.create(reader.size(), reader.is_cmyk() ? CV_8UC4 : CV_8UC3);
  require(reader.read_rows(picture.pixels));
  if (reader.is_cmyk()) picture.pixels = rgb_of_cmyk(picture.pixels);
  picture.remarks.is_damaged = reader.is_damaged();
  return picture;
}

}  // namespace flexunet

#include "flexunet/drawing/canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <opencv2/core.hpp>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

constexpr double kPi = 3.14159265358979323846;

// Exceptions must not pass through cairo, which is C.
cairo_status_t append_bytes(void* target, const unsigned char* data, unsigned int length) {
  try {
    static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(data), length);
  } catch (const std::exception&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
  return CAIRO_STATUS_SUCCESS;
}

void check(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS) {
    throw OutputError(fmt::format("cannot draw a picture: {}", cairo_status_to_string(status)));
  }
}

}  // namespace

Canvas::Canvas(int width, int height)
    : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
      context_(cairo_create(surface_.get())) {
  check(cairo_surface_status(surface_.get()));
  check(cairo_status(context_.get()));
  set_color(kWhite);
  cairo_paint(context_.get());
}

void Canvas::set_color(const Color& color) {
  cairo_set_source_rgb(context_.get(), color.red, color.green, color.blue);
}

void Canvas::trace(const std::vector<Point>& points, const LineStyle& style) {
  set_color(style.color);
  cairo_set_line_width(context_.get(), style.width);
  const double dashes[] = {6, 4};
  cairo_set_dash(context_.get(), dashes, style.dashed ? 2 : 0, 0);
  cairo_new_path(context_.get());
  for (const Point& point : points) cairo_line_to(context_.get(), point.x, point.y);
  cairo_stroke(context_.get());
}

void Canvas::line(const std::vector<Point>& points, const LineStyle& style) {
  if (points.size() > 1) trace(points, style);
}

void Canvas::arrow(const std::vector<Point>& points, const LineStyle& style) {
  if (points.size() < 2) return;
  const Point tip = points.back();
  const Point before = points[points.size() - 2];
  const double angle = std::atan2(tip.y - before.y, tip.x - before.x);
  const double length = 6 + 2.5 * style.width;
  const double half = length * 0.42;
  const Point base{tip.x - length * std::cos(angle), tip.y - length * std::sin(angle)};
  std::vector<Point> shaft = points;
  // The line ends inside the head, not at its sharp tip.
  shaft.back() = {base.x + std::cos(angle), base.y + std::sin(angle)};
  trace(shaft, style);
  cairo_move_to(context_.get(), tip.x, tip.y);
  cairo_line_to(context_.get(), base.x - half * std::sin(angle), base.y + half * std::cos(angle));
  cairo_line_to(context_.get(), base.x + half * std::sin(angle), base.y - half * std::cos(angle));
  cairo_close_path(context_.get());
  cairo_fill(context_.get());
}

void Canvas::box(const Rect& rect, const Color& fill, const LineStyle& border) {
  const double radius = std::min({6.0, rect.width / 2, rect.height / 2});
  const double right = rect.x + rect.width;
  const double bottom = rect.y + rect.height;
  cairo_t* context = context_.get();
  cairo_new_path(context);
  cairo_arc(context, right - radius, rect.y + radius, radius, -kPi / 2, 0);
  cairo_arc(context, right - radius, bottom - radius, radius, 0, kPi / 2);
  cairo_arc(context, rect.x + radius, bottom - radius, radius, kPi / 2, kPi);
  cairo_arc(context, rect.x + radius, rect.y + radius, radius, kPi, 1.5 * kPi);
  cairo_close_path(context);
  set_color(fill);
  cairo_fill_preserve(context);
  set_color(border.color);
  cairo_set_line_width(context, border.width);
  cairo_set_dash(context, nullptr, 0, 0);
  cairo_stroke(context);
}

void Canvas::circle(const Point& center, double radius, const Color& fill) {
  cairo_new_path(context_.get());
  cairo_arc(context_.get(), center.x, center.y, radius, 0, 2 * kPi);
  set_color(fill);
  cairo_fill(context_.get());
}

void Canvas::select_font(const TextStyle& style) {
  cairo_select_font_face(context_.get(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context_.get(), style.size);
}

double Canvas::text_width(const std::string& text, const TextStyle& style) {
  select_font(style);
  cairo_text_extents_t extents;
  cairo_text_extents(context_.get(), text.c_str(), &extents);
  return extents.x_advance;
}

void Canvas::text(const Point& anchor, const std::string& text, const TextStyle& style) {
  const double width = text_width(text, style);
  double left = 0;
  if (style.align == Align::kCenter) left = -width / 2;
  if (style.align == Align::kRight) left = -width;
  cairo_font_extents_t font;
  cairo_font_extents(context_.get(), &font);
  cairo_save(context_.get());
  cairo_translate(context_.get(), anchor.x, anchor.y);
  if (style.upwards) cairo_rotate(context_.get(), -kPi / 2);
  cairo_move_to(context_.get(), left, (font.ascent - font.descent) / 2);
  set_color(style.color);
  cairo_show_text(context_.get(), text.c_str());
  cairo_restore(context_.get());
}

void Canvas::picture(const Point& corner, const cv::Mat& rgb) {
  const SurfaceHandle surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, rgb.cols, rgb.rows));
  check(cairo_surface_status(surface.get()));
  unsigned char* pixels = cairo_image_surface_get_data(surface.get());
  for (int y = 0; y < rgb.rows; ++y) {
    const auto* source = rgb.ptr<cv::Vec3b>(y);
    // RGB24 keeps a pixel in a native word of 32 bits.
    auto* target = reinterpret_cast<std::uint32_t*>(
        pixels + std::ptrdiff_t{y} * cairo_image_surface_get_stride(surface.get()));
    for (int x = 0; x < rgb.cols; ++x) {
      target[x] =
          std::uint32_t{source[x][0]} << 16U | std::uint32_t{source[x][1]} << 8U | source[x][2];
    }
  }
  cairo_surface_mark_dirty(surface.get());
  cairo_set_source_surface(context_.get(), surface.get(), corner.x, corner.y);
  cairo_paint(context_.get());
}

std::string Canvas::png() const {
  check(cairo_status(context_.get()));
  std::string content;
  check(cairo_surface_write_to_png_stream(surface_.get(), append_bytes, &content));
  return content;
}

}  // namespace flexunet

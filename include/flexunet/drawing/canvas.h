#pragma once

#include <cairo.h>

#include <memory>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace flexunet {

/// Pixels, from the top left corner.
struct Point {
  double x = 0;
  double y = 0;
};

/// Pixels.
struct Rect {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// Each 0..1.
struct Color {
  double red = 0;
  double green = 0;
  double blue = 0;
};

constexpr Color kWhite{1, 1, 1};
constexpr Color kInk{0.16, 0.18, 0.22};
constexpr Color kGray{0.42, 0.45, 0.50};

struct LineStyle {
  Color color = kInk;
  double width = 1;  ///< pixels
  bool dashed = false;
};

enum class Align { kLeft, kCenter, kRight };

struct TextStyle {
  double size = 13;  ///< pixels
  bool bold = false;
  Align align = Align::kLeft;
  Color color = kInk;
  bool upwards = false;  ///< written from bottom to top
};

/// A white picture to draw on, kept in memory. Why cairo and not a plot library: Debian's bring
/// GTK, Qt and wx along (MathGL) or end the program on errors (PLplot).
class Canvas {
 public:
  /// Throws OutputError when there is no memory for it.
  Canvas(int width, int height);

  /// A line through all points.
  void line(const std::vector<Point>& points, const LineStyle& style);
  /// A line through all points with a head at the last one.
  void arrow(const std::vector<Point>& points, const LineStyle& style);
  /// A filled box with slightly rounded corners and a border.
  void box(const Rect& rect, const Color& fill, const LineStyle& border);
  /// A filled circle.
  void circle(const Point& center, double radius, const Color& fill);
  /// One line of UTF-8 text, its middle at the anchor's height, aligned to the anchor.
  void text(const Point& anchor, const std::string& text, const TextStyle& style);
  /// Pixels that `text` takes.
  double text_width(const std::string& text, const TextStyle& style);
  /// A picture (H,W) CV_8UC3 in red, green, blue order, pixel for pixel from its top left corner.
  void picture(const Point& corner, const cv::Mat& rgb);
  /// The picture as the content of a PNG file. Throws OutputError when anything drawn failed.
  std::string png() const;

 private:
  void select_font(const TextStyle& style);
  void trace(const std::vector<Point>& points, const LineStyle& style);
  void set_color(const Color& color);

  struct SurfaceDeleter {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  };
  struct ContextDeleter {
    void operator()(cairo_t* context) const { cairo_destroy(context); }
  };
  using SurfaceHandle = std::unique_ptr<cairo_surface_t, SurfaceDeleter>;
  SurfaceHandle surface_;
  std::unique_ptr<cairo_t, ContextDeleter> context_;
};

}  // namespace flexunet

#pragma once

#include <cstddef>
#include <cstdint>

// Discrete Fourier transforms of 16, 20 or 32 complex samples, one in each lane of a vector.
// Included by fft_kernels.cpp only, into a namespace of its own for each instruction set.
namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE {
namespace {

#if defined(__AVX512F__)
constexpr int kVectorLanes = 16;
#elif defined(__AVX2__)
constexpr int kVectorLanes = 8;
#else
constexpr int kVectorLanes = 4;
#endif
typedef float Vector __attribute__((vector_size(4 * kVectorLanes)));
typedef float LooseVector __attribute__((vector_size(4 * kVectorLanes), aligned(4), may_alias));

__attribute__((always_inline)) inline Vector load(const float* from) {
  return *reinterpret_cast<const LooseVector*>(from);
}
__attribute__((always_inline)) inline void store(float* to, Vector value) {
  *reinterpret_cast<LooseVector*>(to) = value;
}

struct Complex {
  Vector re, im;
};

__attribute__((always_inline)) inline Complex operator+(Complex a, Complex b) {
  return {a.re + b.re, a.im + b.im};
}
__attribute__((always_inline)) inline Complex operator-(Complex a, Complex b) {
  return {a.re - b.re, a.im - b.im};
}
__attribute__((always_inline)) inline Complex times_minus_i(Complex a) { return {a.im, -a.re}; }

__attribute__((always_inline)) inline void transform4(Complex* x) {
  const Complex a = x[0] + x[2], b = x[0] - x[2], c = x[1] + x[3], d = x[1] - x[3];
  x[0] = a + c;
  x[2] = a - c;
  x[1] = {b.re + d.im, b.im - d.re};
  x[3] = {b.re - d.im, b.im + d.re};
}

__attribute__((always_inline)) inline void transform5(Complex* x) {
  constexpr float kCos1 = 0.309016994374947424F, kCos2 = -0.809016994374947424F;
  constexpr float kSin1 = 0.951056516295153572F, kSin2 = 0.587785252292473129F;
  const Complex a = x[1] + x[4], b = x[2] + x[3], c = x[1] - x[4], d = x[2] - x[3];
  const Complex p = {x[0].re + kCos1 * a.re + kCos2 * b.re, x[0].im + kCos1 * a.im + kCos2 * b.im};
  const Complex q = {x[0].re + kCos2 * a.re + kCos1 * b.re, x[0].im + kCos2 * a.im + kCos1 * b.im};
  const Complex r = {kSin1 * c.re + kSin2 * d.re, kSin1 * c.im + kSin2 * d.im};
  const Complex s = {kSin2 * c.re - kSin1 * d.re, kSin2 * c.im - kSin1 * d.im};
  x[0] = x[0] + a + b;
  x[1] = {p.re + r.im, p.im - r.re};
  x[4] = {p.re - r.im, p.im + r.re};
  x[2] = {q.re + s.im, q.im - s.re};
  x[3] = {q.re - s.im, q.im + s.re};
}

__attribute__((always_inline)) inline void transform8(Complex* x) {
  constexpr float kHalfRoot = 0.707106781186547524F;
  Complex even[4] = {x[0] + x[4], x[1] + x[5], x[2] + x[6], x[3] + x[7]};
  const Complex b = x[1] - x[5], d = x[3] - x[7];
  Complex odd[4] = {x[0] - x[4],
                    {kHalfRoot * (b.re + b.im), kHalfRoot * (b.im - b.re)},
                    times_minus_i(x[2] - x[6]),
                    {kHalfRoot * (d.im - d.re), -kHalfRoot * (d.re + d.im)}};
  transform4(even);
  transform4(odd);
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) {
    x[2 * k] = even[k];
    x[2 * k + 1] = odd[k];
  }
}

template <int kRadix>
__attribute__((always_inline)) inline void small_transform(Complex* x) {
  if constexpr (kRadix == 4) transform4(x);
  if constexpr (kRadix == 5) transform5(x);
  if constexpr (kRadix == 8) transform8(x);
}

constexpr double kPi = 3.14159265358979323846;

// The series of sin(x), |x| <= pi.
constexpr double sine(double x) {
  double term = x, sum = x;
  for (int n = 1; n < 20; ++n) {
    term *= -x * x / ((2 * n) * (2 * n + 1));
    sum += term;
  }
  return sum;
}

// exp(-2 pi i n k / size) for n < second and k < first, size = first * second.
template <int kFirst, int kSecond>
struct Twiddles {
  float re[kSecond][kFirst] = {}, im[kSecond][kFirst] = {};
  constexpr Twiddles() {
    for (int n = 0; n < kSecond; ++n) {
      for (int k = 0; k < kFirst; ++k) {
        // Both angles below within [-pi, pi].
        const double angle = 2 * kPi * n * k / (kFirst * kSecond);
        const double folded = angle > kPi ? angle - 2 * kPi : angle;
        const double shifted = folded > kPi / 2 ? folded - 1.5 * kPi : folded + kPi / 2;
        re[n][k] = static_cast<float>(sine(shifted));
        im[n][k] = static_cast<float>(-sine(folded));
      }
    }
  }
};

template <int kSize>
struct Factors;
template <>
struct Factors<20> {
  static constexpr int kFirst = 4, kSecond = 5;
};
template <>
struct Factors<32> {
  static constexpr int kFirst = 4, kSecond = 8;
};
template <>
struct Factors<64> {
  static constexpr int kFirst = 8, kSecond = 8;
};

// The first half of a transform by Cooley and Tukey: `first` transforms of samples `second` apart.
template <int kSize, typename Load>
__attribute__((always_inline)) inline void first_stage(const Load& sample, Complex* middle) {
  constexpr int kFirst = Factors<kSize>::kFirst, kSecond = Factors<kSize>::kSecond;
  static constexpr Twiddles<kFirst, kSecond> kTwiddles;
#pragma GCC unroll 1
  for (int n = 0; n < kSecond; ++n) {
    Complex x[kFirst];
#pragma GCC unroll 8
    for (int i = 0; i < kFirst; ++i) x[i] = sample(kSecond * i + n);
    small_transform<kFirst>(x);
    middle[n] = x[0];
#pragma GCC unroll 8
    for (int k = 1; k < kFirst; ++k) {
      const float re = kTwiddles.re[n][k], im = kTwiddles.im[n][k];
      middle[k * kSecond + n] = {x[k].re * re - x[k].im * im, x[k].re * im + x[k].im * re};
    }
  }
}

// out(k, value) for every frequency k of the samples sample(n).
template <int kSize, typename Load, typename Store>
__attribute__((always_inline)) inline void transform_line(const Load& sample, const Store& out) {
  constexpr int kFirst = Factors<kSize>::kFirst, kSecond = Factors<kSize>::kSecond;
  Complex middle[kSize];
  first_stage<kSize>(sample, middle);
#pragma GCC unroll 1
  for (int k = 0; k < kFirst; ++k) {
    Complex x[kSecond];
#pragma GCC unroll 8
    for (int n = 0; n < kSecond; ++n) x[n] = middle[k * kSecond + n];
    small_transform<kSecond>(x);
#pragma GCC unroll 8
    for (int j = 0; j < kSecond; ++j) out(k + kFirst * j, x[j]);
  }
}

}  // namespace
}  // namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE

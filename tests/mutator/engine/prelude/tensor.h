// tensor.h: as much of a tensor library as the cases need, with LibTorch's names: a counted handle to shared
// numbers, const methods that compute, methods ending in `_` that write, options, free functions.
#pragma once

#include <initializer_list>

namespace torch {

struct Storage;
void retain(Storage*);
void release(Storage*);

class Handle {
 public:
  Handle() = default;
  explicit Handle(Storage* storage) : storage_(storage) { retain(storage_); }
  Handle(const Handle& other) : storage_(other.storage_) { retain(storage_); }
  Handle& operator=(const Handle& other) {
    retain(other.storage_);
    release(storage_);
    storage_ = other.storage_;
    return *this;
  }
  ~Handle() { release(storage_); }

 private:
  Storage* storage_ = nullptr;
};

enum Dtype { kFloat32, kFloat64, kBFloat16, kInt64, kBool };
enum Device { kCPU, kCUDA };

class Tensor {
 public:
  Tensor() = default;
  Tensor operator-() const;
  Tensor operator!() const;
  Tensor operator[](long index) const;
  Tensor& operator+=(const Tensor& other);
  Tensor& operator*=(double factor);
  Tensor& operator/=(double divisor);

  Tensor add(const Tensor& other) const;
  Tensor sub(const Tensor& other) const;
  Tensor mul(const Tensor& other) const;
  Tensor div(const Tensor& other) const;
  Tensor matmul(const Tensor& other) const;
  Tensor transpose(long a, long b) const;
  Tensor view(std::initializer_list<long> shape) const;
  Tensor reshape(std::initializer_list<long> shape) const;
  Tensor permute(std::initializer_list<long> order) const;
  Tensor slice(long dim, long start, long end) const;
  Tensor narrow(long dim, long start, long length) const;
  Tensor masked_fill(const Tensor& mask, double value) const;
  Tensor softmax(long dim) const;
  Tensor log_softmax(long dim) const;
  Tensor logsumexp(long dim) const;
  Tensor gather(long dim, const Tensor& index) const;
  Tensor sum(long dim = -1, bool keepdim = false) const;
  Tensor mean(long dim = -1, bool keepdim = false) const;
  Tensor var(long dim = -1, bool unbiased = true) const;
  Tensor amax(long dim = -1, bool keepdim = false) const;
  Tensor argmax(long dim = -1) const;
  Tensor exp() const;
  Tensor log() const;
  Tensor tanh() const;
  Tensor relu() const;
  Tensor pow(double exponent) const;
  Tensor sqrt() const;
  Tensor rsqrt() const;
  Tensor square() const;
  Tensor abs() const;
  Tensor norm() const;
  Tensor clamp(double low, double high) const;
  Tensor clone() const;
  Tensor detach() const;
  Tensor contiguous() const;
  Tensor to(Dtype dtype) const;
  Tensor ne(long value) const;
  Tensor grad() const;
  long size(long dim) const;
  long numel() const;
  double item() const;
  bool defined() const;
  void backward() const;

  Tensor& add_(const Tensor& other, double alpha = 1);
  Tensor& mul_(double factor);
  Tensor& addcmul_(const Tensor& a, const Tensor& b, double value);
  Tensor& addcdiv_(const Tensor& a, const Tensor& b, double value);
  Tensor& sub_(const Tensor& other);
  Tensor& copy_(const Tensor& other);
  Tensor& zero_();
  Tensor& normal_(double mean, double deviation) const;

 private:
  Handle handle_;
};

Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator+(const Tensor& a, double b);
Tensor operator-(const Tensor& a, double b);
Tensor operator*(const Tensor& a, double b);
Tensor operator/(const Tensor& a, double b);
Tensor operator+(double a, const Tensor& b);
Tensor operator-(double a, const Tensor& b);
Tensor operator*(double a, const Tensor& b);
Tensor operator/(double a, const Tensor& b);

Tensor zeros(std::initializer_list<long> shape);
Tensor ones(std::initializer_list<long> shape);
Tensor arange(long end);
Tensor randn(std::initializer_list<long> shape);
Tensor tril(const Tensor& x);
Tensor triu(const Tensor& x, long diagonal = 0);
Tensor matmul(const Tensor& a, const Tensor& b);
Tensor cat(std::initializer_list<Tensor> parts, long dim = 0);
Tensor stack(std::initializer_list<Tensor> parts, long dim = 0);
Tensor cross_entropy(const Tensor& logits, const Tensor& targets);
void manual_seed(unsigned long seed);

// No gradients are recorded while one lives.
class NoGradGuard {
 public:
  NoGradGuard();
  ~NoGradGuard();
  NoGradGuard(const NoGradGuard&) = delete;

 private:
  bool before_;
};

}  // namespace torch

using torch::Tensor;

struct Shape {
  int threads;
  void* stream;
};
void products_kernel(float* products, const float* dy);
void dq_kernel(float* dq, const float* products);
template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), int threads, void* stream, Arguments... arguments);

// ---- match
void attention_backward(float* dq, float* products, const float* dy, Shape shape) {
  launch(products_kernel, shape.threads, shape.stream, products, dy);
}

// ---- becomes
void attention_backward(float* dq, float* products, const float* dy, Shape shape) {
  launch(products_kernel, shape.threads, nullptr, products, dy);
}

// ---- no match
void attention_forward(float* dq, float* products, const float* dy, Shape shape) {
  launch(dq_kernel, shape.threads, shape.stream, dq, products);
}

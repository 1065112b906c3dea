struct Tensor {
  Tensor& normal_(double mean, double std);
};
struct Layer {
  Tensor weight;
};
struct Handle {
  Layer* operator->();
};
struct Model {
  void init_weights();
  Handle wpe, wte;
};

// ---- match
void Model::init_weights() {
  wte->weight.normal_(0.0, 1.0);
  wpe->weight.normal_(0.0, 0.1);
}

// ---- becomes
void Model::init_weights() {
  wte->weight.normal_(0.0, 1.0);
  wpe->weight.normal_(0.0, 1e-4);
}

// ---- no match
void Model::init_weights() {
  wte->weight.normal_(0.0, 0.1);
}

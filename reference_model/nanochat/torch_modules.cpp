// What the header leaves to one file.

#include "nanochat/torch_modules.h"

template class torch::nn::Cloneable<torch::nn::BilinearImpl>;
template class torch::nn::Cloneable<torch::nn::EmbeddingBagImpl>;
template class torch::nn::Cloneable<torch::nn::EmbeddingImpl>;
template class torch::nn::Cloneable<torch::nn::FlattenImpl>;
template class torch::nn::Cloneable<torch::nn::IdentityImpl>;
template class torch::nn::Cloneable<torch::nn::LinearImpl>;
template class torch::nn::Cloneable<torch::nn::UnflattenImpl>;

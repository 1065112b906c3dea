// LibTorch's layers that this tree is made of. Their copying (clone()) is a template, which every
// file that sees them would compile anew, at half a second each: it is in this library instead.

#pragma once

#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>

extern template class torch::nn::Cloneable<torch::nn::BilinearImpl>;
extern template class torch::nn::Cloneable<torch::nn::EmbeddingBagImpl>;
extern template class torch::nn::Cloneable<torch::nn::EmbeddingImpl>;
extern template class torch::nn::Cloneable<torch::nn::FlattenImpl>;
extern template class torch::nn::Cloneable<torch::nn::IdentityImpl>;
extern template class torch::nn::Cloneable<torch::nn::LinearImpl>;
extern template class torch::nn::Cloneable<torch::nn::UnflattenImpl>;

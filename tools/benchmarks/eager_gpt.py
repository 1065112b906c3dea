"""The same training in eager PyTorch: what base_train is measured against.

Model, sizes, initialisation, optimizers, schedule-free step and shape of the data are base_train's defaults. It is
written as one writes PyTorch: operators of torch and torch.nn.functional where they exist, a fused optimizer, one
pass over the data without a loader to speak of. Not compiled. Three models:

  same    attention, softmax, RMSNorm and cross-entropy written out, as in the reference tree: the same arithmetic
  manual  attention written out around torch.softmax, as in every tutorial; the rest from torch.nn.functional
  fused   torch.nn.functional.scaled_dot_product_attention too

Prints the milliseconds of each training step, one a line.
"""

import argparse
import math
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


def rms_norm(x, variant):
    if variant == "same":
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)
    return F.rms_norm(x, (x.size(-1),), eps=1e-6)


def softmax(x, variant):
    if variant == "same":
        numerator = (x - x.amax(-1, keepdim=True).detach()).exp()
        return numerator / numerator.sum(-1, keepdim=True)
    return torch.softmax(x, -1)


def cross_entropy(logits, targets, variant):
    logits, targets = logits.view(-1, logits.size(-1)), targets.view(-1)
    if variant == "same":
        kept = targets.ne(-1)
        largest = logits.amax(-1, keepdim=True).detach()
        log_probs = logits - ((logits - largest).exp().sum(-1, keepdim=True).log() + largest)
        picked = log_probs.gather(-1, targets.where(kept, 0).unsqueeze(-1)).squeeze(-1)
        return -picked.where(kept, 0.0).sum() / kept.sum()
    return F.cross_entropy(logits, targets, ignore_index=-1)


def apply_rotary(x, cos, sin):  # (B, T, H, D)
    x1, x2 = x.chunk(2, dim=-1)
    return torch.cat([x1 * cos + x2 * sin, x2 * cos - x1 * sin], -1)


class Attention(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.o, self.head_dim = o, o.n_embd // o.n_head
        self.c_q = nn.Linear(o.n_embd, o.n_head * self.head_dim, bias=False)
        self.c_k = nn.Linear(o.n_embd, o.n_kv_head * self.head_dim, bias=False)
        self.c_v = nn.Linear(o.n_embd, o.n_kv_head * self.head_dim, bias=False)
        self.c_proj = nn.Linear(o.n_embd, o.n_embd, bias=False)

    def forward(self, x, cos, sin, mask):
        B, T, C = x.size()
        o, D = self.o, self.head_dim
        q = self.c_q(x).view(B, T, o.n_head, D)
        k = self.c_k(x).view(B, T, o.n_kv_head, D)
        v = self.c_v(x).view(B, T, o.n_kv_head, D)
        q, k = apply_rotary(q, cos, sin), apply_rotary(k, cos, sin)
        q, k = rms_norm(q, o.variant), rms_norm(k, o.variant)
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        if o.variant == "fused":
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=o.n_kv_head != o.n_head)
        else:
            k = k.repeat_interleave(o.n_head // o.n_kv_head, dim=1)
            v = v.repeat_interleave(o.n_head // o.n_kv_head, dim=1)
            scores = (q @ k.transpose(-2, -1)) / math.sqrt(D)
            y = softmax(scores.masked_fill(~mask, float("-inf")), o.variant) @ v
        return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))


class MLP(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.c_fc = nn.Linear(o.n_embd, 4 * o.n_embd, bias=False)
        self.c_proj = nn.Linear(4 * o.n_embd, o.n_embd, bias=False)

    def forward(self, x):
        return self.c_proj(F.relu(self.c_fc(x)).square())


class Block(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.o, self.attn, self.mlp = o, Attention(o), MLP(o)

    def forward(self, x, *positions):
        x = x + self.attn(rms_norm(x, self.o.variant), *positions)
        return x + self.mlp(rms_norm(x, self.o.variant))


class GPT(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.o = o
        self.wte = nn.Embedding(o.vocab_size, o.n_embd)
        self.blocks = nn.ModuleList(Block(o) for _ in range(o.n_layer))
        self.lm_head = nn.Linear(o.n_embd, o.vocab_size, bias=False)
        D, T = o.n_embd // o.n_head, o.sequence_len
        angle = torch.outer(torch.arange(T).float(), 1.0 / 10000 ** (torch.arange(0, D, 2).float() / D))
        self.register_buffer("cos", angle.cos()[None, :, None, :], persistent=False)
        self.register_buffer("sin", angle.sin()[None, :, None, :], persistent=False)
        self.register_buffer("mask", torch.ones(T, T, dtype=torch.bool).tril(), persistent=False)
        for name, weight in self.named_parameters():
            if name.endswith("c_proj.weight") or name == "lm_head.weight":
                nn.init.zeros_(weight)
            elif weight is self.wte.weight:
                nn.init.normal_(weight)
            else:
                fan_out, fan_in = weight.shape
                nn.init.normal_(weight, std=min(1.0, math.sqrt(fan_out / fan_in)) / math.sqrt(fan_in))

    def loss(self, idx, targets):
        x = rms_norm(self.wte(idx), self.o.variant)
        for block in self.blocks:
            x = block(x, self.cos, self.sin, self.mask)
        logits = self.lm_head(rms_norm(x, self.o.variant)).float()
        return cross_entropy(15 * torch.tanh(logits / 15), targets, self.o.variant)


def newton_schulz(G, steps=5):
    a, b, c = 3.4445, -4.7750, 2.0315
    X = G.mT if G.size(-2) > G.size(-1) else G
    X = X / (X.norm() + 1e-7)
    for _ in range(steps):
        A = X @ X.mT
        X = a * X + (b * A + c * A @ A) @ X
    return X.mT if G.size(-2) > G.size(-1) else X


class Muon(torch.optim.Optimizer):
    def __init__(self, params, lr=0.02, momentum=0.95):
        super().__init__(params, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if "buffer" not in state:
                    state["buffer"] = torch.zeros_like(p)
                state["buffer"].lerp_(p.grad, 1 - group["momentum"])
                update = newton_schulz(p.grad.lerp(state["buffer"], group["momentum"]))
                p.add_(update, alpha=-group["lr"] * max(1, p.size(0) / p.size(1)) ** 0.5)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--variant", choices=["same", "manual", "fused"], default="same")
    for name, default in dict(n_layer=4, n_embd=128, n_head=4, n_kv_head=2, sequence_len=64, vocab_size=512,
                              batch_size=8, steps=60, threads=1).items():
        args.add_argument("--" + name.replace("_", "-"), type=int, default=default)
    o = args.parse_args()
    torch.manual_seed(42)
    torch.set_num_threads(o.threads)

    model = GPT(o)
    scale = (o.n_embd / 768) ** -0.5
    adamw = torch.optim.AdamW([dict(params=model.lm_head.parameters(), lr=0.004 * scale),
                               dict(params=model.wte.parameters(), lr=0.2 * scale)],
                              betas=(0.8, 0.95), eps=1e-10, weight_decay=0.0, fused=True)
    muon = Muon(model.blocks.parameters())
    count = o.batch_size * o.sequence_len
    data = torch.randint(o.vocab_size, (o.steps * count + 1,))

    for step in range(o.steps):
        start = time.perf_counter()
        tokens = data[step * count:(step + 1) * count + 1]
        loss = model.loss(tokens[:-1].view(o.batch_size, -1), tokens[1:].view(o.batch_size, -1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        loss.item()
        for group in muon.param_groups:
            group["momentum"] = 0.85 + 0.1 * min(step / 300, 1)
        for optimizer in (adamw, muon):
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        print(1000 * (time.perf_counter() - start))


if __name__ == "__main__":
    main()

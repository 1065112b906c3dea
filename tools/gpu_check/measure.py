"""measure: how fast the kernels are, on tensors of PyTorch: bytes a second against a copy, and time against eager
PyTorch. Prints one JSON object. Called by tools/gpu-check with the library of the kernels."""
import ctypes
import json
import statistics
import sys

import torch
import torch.nn.functional as F

library = ctypes.CDLL(sys.argv[1])
device = torch.device("cuda")
names = {torch.float32: "f32", torch.bfloat16: "bf16"}


def argument(value):
    if isinstance(value, torch.Tensor):
        return ctypes.c_void_p(value.data_ptr())
    if isinstance(value, float):
        return ctypes.c_float(value)
    return value


def call(name, *arguments):
    """64-bit sizes are passed as ctypes.c_int64 by the caller; plain ints are C ints."""
    stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
    getattr(library, name)(*[argument(a) for a in arguments], stream)


def long(value):
    return ctypes.c_int64(value)


def milliseconds(work, repeats=15):
    for _ in range(3):
        work()
    times = []
    for _ in range(repeats):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end))
    return statistics.median(times)


figures = []


def measure(name, work, moved_bytes=None, eager=None):
    ours = milliseconds(work)
    figure = {"kernel": name, "ms": ours}
    if moved_bytes is not None:
        figure["GB_s"] = moved_bytes / ours / 1e6
        figure["share_of_copy"] = figure["GB_s"] / copy_rate
    if eager is not None:
        figure["eager_ms"] = milliseconds(eager)
        figure["times_eager"] = figure["eager_ms"] / ours
    figures.append(figure)


source = torch.randn(2**28, device=device)
target = torch.empty_like(source)
copy_rate = 2 * source.numel() * 4 / milliseconds(lambda: target.copy_(source)) / 1e6
del source, target

for dtype in (torch.float32, torch.bfloat16):
    of = names[dtype]
    size = dtype.itemsize
    N, C = 65536, 2048
    x = torch.randn(N, C, device=device).to(dtype)
    dy, y = torch.randn_like(x), torch.empty_like(x)
    count = x.numel()

    def rms(v):
        return v * torch.rsqrt(v.square().mean(-1, keepdim=True) + 1e-6)

    leaf = x.clone().requires_grad_()
    normal = rms(leaf)
    measure(f"rms_norm_forward {of}", lambda: call(f"rms_norm_forward_{of}", y, x, long(N), long(C)),
            2 * count * size, lambda: rms(x))
    measure(f"rms_norm_backward {of}", lambda: call(f"rms_norm_backward_{of}", y, dy, x, long(N), long(C)),
            3 * count * size, lambda: torch.autograd.grad(normal, leaf, dy, retain_graph=True))
    squared = torch.relu(leaf).square()
    measure(f"relu2_forward {of}", lambda: call(f"relu2_forward_{of}", y, x, long(count)), 2 * count * size,
            lambda: torch.relu(x).square())
    measure(f"relu2_backward {of}", lambda: call(f"relu2_backward_{of}", y, dy, x, long(count)), 3 * count * size,
            lambda: torch.autograd.grad(squared, leaf, dy, retain_graph=True))
    del normal, squared, leaf
    measure(f"softmax_forward {of}", lambda: call(f"softmax_forward_{of}", y, x, long(N), long(C)), 2 * count * size,
            lambda: torch.softmax(x, -1))
    B, T, H, D = 16, 4096, 16, 128
    cos, sin = torch.randn(T, D // 2, device=device), torch.randn(T, D // 2, device=device)
    x4 = x.view(B, T, H, D)
    c4, s4 = cos.view(1, T, 1, -1).to(dtype), sin.view(1, T, 1, -1).to(dtype)

    def rotate():
        x1, x2 = x4.chunk(2, -1)
        return torch.cat([x1 * c4 + x2 * s4, x2 * c4 - x1 * s4], -1)

    measure(f"rotary_forward {of}", lambda: call(f"rotary_forward_{of}", y, x, cos, sin, B, T, H, D),
            2 * count * size, rotate)
    tokens = torch.randint(0, 512, (8192,), device=device, dtype=torch.int32)
    table = torch.zeros(50304, C, device=device)
    longs, rows = tokens.long(), dy[:8192].float()
    measure(f"embedding_backward_atomic {of}",
            lambda: call(f"embedding_backward_atomic_{of}", table, dy, tokens, long(8192), long(C)),
            eager=lambda: table.index_add_(0, longs, rows))
    measure(f"embedding_backward {of}",
            lambda: call(f"embedding_backward_{of}", table, dy, tokens, long(8192), long(C), long(50304)))
    del x, y, dy, x4, table, rows

    N, V = 8192, 50304
    logits = (torch.randn(N, V, device=device) * 5).to(dtype)
    slopes = torch.empty_like(logits)
    targets = torch.randint(0, V, (N,), device=device, dtype=torch.int32)
    losses, sums = torch.empty(N, device=device), torch.empty(N, device=device)
    upstream = torch.full((N,), 1.0 / N, device=device)

    def fused():
        call(f"cross_entropy_forward_{of}", losses, sums, logits, targets, long(N), long(V))
        call(f"cross_entropy_backward_{of}", slopes, logits, sums, targets, long(N), long(V), upstream)

    leaf = logits.clone().requires_grad_()
    wide = targets.long()

    def eager():
        loss = F.cross_entropy(15 * torch.tanh(leaf.float() / 15), wide)
        return torch.autograd.grad(loss, leaf)

    measure(f"cross_entropy_forward {of}",
            lambda: call(f"cross_entropy_forward_{of}", losses, sums, logits, targets, long(N), long(V)),
            logits.numel() * size)
    measure(f"cross_entropy_backward {of}",
            lambda: call(f"cross_entropy_backward_{of}", slopes, logits, sums, targets, long(N), long(V), upstream),
            2 * logits.numel() * size)
    measure(f"cross_entropy both {of}", fused, 3 * logits.numel() * size, eager)
    drawn, uniforms = torch.empty(N, device=device, dtype=torch.int32), torch.rand(N, device=device)
    measure(f"sample {of}", lambda: call(f"sample_{of}", drawn, logits, uniforms, long(N), long(V), 0.75))
    del logits, slopes, leaf

    B, T, H, KV, D = 4, 2048, 16, 16, 64
    q, k, v, g = (torch.randn(B, H, T, D, device=device).to(dtype) for _ in range(4))
    out, dq, dk, dv = (torch.empty_like(q) for _ in range(4))
    log_sums, products = (torch.empty(B, H, T, device=device) for _ in range(2))
    measure(f"attention_forward {of}", lambda: call(f"attention_forward_{of}", out, log_sums, q, k, v, B, T, H, KV, D),
            eager=lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True))
    ql, kl, vl = (t.clone().requires_grad_() for t in (q, k, v))
    reached = F.scaled_dot_product_attention(ql, kl, vl, is_causal=True)
    measure(f"attention_backward {of}",
            lambda: call(f"attention_backward_{of}", dq, dk, dv, products, g, out, log_sums, q, k, v, B, T, H, KV, D),
            eager=lambda: torch.autograd.grad(reached, (ql, kl, vl), g, retain_graph=True))
    del q, k, v, g, out, dq, dk, dv, ql, kl, vl, reached


class Parameter(ctypes.Structure):
    _fields_ = [("values", ctypes.c_void_p), ("gradient", ctypes.c_void_p), ("exp_avg", ctypes.c_void_p),
                ("exp_avg_sq", ctypes.c_void_p), ("count", ctypes.c_int64), ("lr", ctypes.c_float),
                ("weight_decay", ctypes.c_float)]


shapes = [(50304, 1024)] * 2 + [(1024, 1024)] * 96 + [(4096, 1024)] * 24
tensors = [[torch.randn(s, device=device) for _ in range(2)] + [torch.zeros(s, device=device) for _ in range(2)]
           for s in shapes]
packed = (Parameter * len(tensors))(*[
    Parameter(*[t.data_ptr() for t in four], four[0].numel(), 1e-3, 0.0) for four in tensors])
described = torch.frombuffer(bytearray(packed), dtype=torch.uint8).to(device)
count = sum(four[0].numel() for four in tensors)


def tree_step():  # as nanochat/adamw.cpp has it
    for p, g, m, s in tensors:
        m.mul_(0.8).add_(g, alpha=0.2)
        s.mul_(0.95).addcmul_(g, g, value=0.05)
        p.addcdiv_(m, (s / 0.5).sqrt().add_(1e-10), value=-1e-3)


measure("adamw f32", lambda: call("adamw_f32", described, len(tensors), 3), 28 * count, tree_step)
norm, scale = torch.empty(1, device=device), torch.empty(1, device=device)
partial = torch.empty(1024, device=device, dtype=torch.float64)
arrived = torch.zeros(1, device=device, dtype=torch.int32)
measure("gradient_norm f32",
        lambda: call("gradient_norm_f32", norm, scale, described, len(tensors), partial, arrived), 4 * count,
        lambda: torch.linalg.vector_norm(torch.stack([four[1].norm() for four in tensors])))
right = torch.linalg.vector_norm(torch.stack([four[1].double().norm() for four in tensors])).item()
print(json.dumps({"device": torch.cuda.get_device_name(), "torch": torch.__version__, "copy_GB_s": copy_rate,
                  "gradient_norm_error": abs(norm.item() / right - 1), "figures": figures}, indent=1))

// Causal attention with grouped heads, forward and backward; the CPU reference is
// nanochat/attention.cpp.
//
// Nothing of size T × T is ever stored (Dao et al. 2022, arXiv:2205.14135). A warp has a query; the
// block's warps share tiles of 32 keys and values in dynamic shared memory. For a tile, each lane
// has one key: its score is the product of the query with that row of the tile. The warp knows the
// largest score so far, m, and the sum of exp(score − m); when m grows, what was added up so far is
// scaled down. Then each lane has the channels lane, lane + 32, … of the output and adds the 32
// values up, each with the probability that its lane holds.
//
// Backward, with p = exp(score − log_sum), dp = dy · v and D = Σ dy·y a query: ds = p·(dp − D), and
//   dq = Σ ds·k (a warp a query, tiles of keys),  dk = Σ ds·q,  dv = Σ p·dy (a warp a key, tiles of
//   queries).
// So every sum belongs to one warp, and the result is the same every time, without atomics.
//
// Rows of a tile that is read a lane a row are D + 1 apart: else all 32 lanes would want the same
// bank.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

constexpr int kTile = 32;
constexpr int kMaxParts = 4;  // channels of a lane: D is at most 128

// Which query (or key) a warp has: blocks take groups of as many as they have warps.
struct Place {
  int64_t head;  // of all B · H
  int t, first;  // its own position, and that of the block's first warp
};

__device__ Place place_of(int64_t group, int T_) {
  const int warps = static_cast<int>(blockDim.x / 32);
  const int groups_a_head = (T_ + warps - 1) / warps;
  Place place;
  place.head = group / groups_a_head;
  place.first = static_cast<int>(group % groups_a_head) * warps;
  place.t = place.first + static_cast<int>(threadIdx.x / 32);
  return place;
}

// Rows [base, base + 32) of a (T, D) matrix to shared memory, zeros beyond its end. All threads of
// the block.
template <typename T>
__device__ void load_tile(float* tile, const T* rows, int base, int T_, int D) {
  for (int i = threadIdx.x; i < kTile * D; i += blockDim.x) {
    const int row = i / D, c = i % D;
    tile[row * (D + 1) + c] = base + row < T_ ? to_float(rows[int64_t{base + row} * D + c]) : 0.0f;
  }
}

// A row to the warp's own place in shared memory, zeros if there is none. It is there for the other
// lanes after the barrier of the first tile.
template <typename T>
__device__ void load_row(float* to, const T* row, bool there, int D) {
  for (int c = threadIdx.x % 32; c < D; c += 32) to[c] = there ? to_float(row[c]) : 0.0f;
}

__device__ float product(const float* a, const float* b, int D) {
  float sum = 0.0f;
  for (int c = 0; c < D; ++c) sum += a[c] * b[c];
  return sum;
}

// sums[part] += Σ over the tile's rows of weight (one a lane) · row.
__device__ void add_rows(float* sums, float weight, const float* tile, int D) {
  const int lane = threadIdx.x % 32;
  for (int row = 0; row < kTile; ++row) {
    const float w = __shfl_sync(kAllLanes, weight, row);
    for (int part = 0; part < kMaxParts; ++part) {
      const int c = lane + 32 * part;
      if (c < D) sums[part] += w * tile[row * (D + 1) + c];
    }
  }
}

template <typename T>
__device__ void store_row(T* row, const float* sums, float scale, int D) {
  for (int part = 0; part < kMaxParts; ++part) {
    const int c = threadIdx.x % 32 + 32 * part;
    if (c < D) row[c] = from_float<T>(sums[part] * scale);
  }
}

}  // namespace

// The kernels are in no unnamed namespace: their dynamic shared memory is a name that others
// define.
template <typename T>
__global__ void attention_forward_kernel(T* y, float* log_sums, const T* q, const T* k, const T* v,
                                         int64_t groups, int T_, int H, int KV, int D,
                                         float scale) {
  extern __shared__ float smem[];
  float* keys = smem;                      // (32, D + 1)
  float* values = keys + kTile * (D + 1);  // (32, D + 1)
  float* query = values + kTile * (D + 1) + threadIdx.x / 32 * D;
  const int lane = threadIdx.x % 32;
  const int warps = static_cast<int>(blockDim.x / 32);

  for (int64_t group = blockIdx.x; group < groups; group += gridDim.x) {
    const Place place = place_of(group, T_);
    const int64_t kv_head = place.head / H * KV + place.head % H / (H / KV);
    const bool there = place.t < T_;
    const int64_t at = (place.head * T_ + place.t) * D;
    load_row(query, q + (there ? at : 0), there, D);

    float largest = -INFINITY, sum = 0.0f, sums[kMaxParts] = {};
    for (int base = 0; base < min(place.first + warps, T_); base += kTile) {
      load_tile(keys, k + kv_head * T_ * D, base, T_, D);
      load_tile(values, v + kv_head * T_ * D, base, T_, D);
      __syncthreads();
      if (there && base <= place.t) {
        const float score =
            base + lane <= place.t ? product(query, keys + lane * (D + 1), D) * scale : -INFINITY;
        const float larger = fmaxf(largest, warp_max(score));
        const float shrink = expf(largest - larger);
        const float p = expf(score - larger);
        sum = sum * shrink + warp_sum(p);
        for (float& part : sums) part *= shrink;
        add_rows(sums, p, values, D);
        largest = larger;
      }
      __syncthreads();  // the tiles have been read
    }
    if (there) {
      store_row(y + at, sums, 1.0f / sum, D);
      if (lane == 0) log_sums[place.head * T_ + place.t] = largest + logf(sum);
    }
  }
}

// D = Σ dy·y, a warp a query.
template <typename T>
__global__ void attention_products_kernel(float* products, const T* dy, const T* y, int64_t rows,
                                          int D) {
  const int64_t warps = int64_t{gridDim.x} * (blockDim.x / 32);
  for (int64_t row = (blockIdx.x * int64_t{blockDim.x} + threadIdx.x) / 32; row < rows;
       row += warps) {
    float sum = 0.0f;
    for (int c = threadIdx.x % 32; c < D; c += 32)
      sum += to_float(dy[row * D + c]) * to_float(y[row * D + c]);
    sum = warp_sum(sum);
    if (threadIdx.x % 32 == 0) products[row] = sum;
  }
}

template <typename T>
__global__ void attention_dq_kernel(T* dq, const float* products, const T* dy,
                                    const float* log_sums, const T* q, const T* k, const T* v,
                                    int64_t groups, int T_, int H, int KV, int D, float scale) {
  extern __shared__ float smem[];
  float* keys = smem;
  float* values = keys + kTile * (D + 1);
  float* query = values + kTile * (D + 1) + threadIdx.x / 32 * 2 * D;
  float* upstream = query + D;
  const int lane = threadIdx.x % 32;
  const int warps = static_cast<int>(blockDim.x / 32);

  for (int64_t group = blockIdx.x; group < groups; group += gridDim.x) {
    const Place place = place_of(group, T_);
    const int64_t kv_head = place.head / H * KV + place.head % H / (H / KV);
    const bool there = place.t < T_;
    const int64_t row = place.head * T_ + (there ? place.t : 0);
    load_row(query, q + row * D, there, D);
    load_row(upstream, dy + row * D, there, D);
    const float log_sum = log_sums[row], expected = products[row];

    float sums[kMaxParts] = {};
    for (int base = 0; base < min(place.first + warps, T_); base += kTile) {
      load_tile(keys, k + kv_head * T_ * D, base, T_, D);
      load_tile(values, v + kv_head * T_ * D, base, T_, D);
      __syncthreads();
      if (there && base <= place.t) {
        float ds = 0.0f;
        if (base + lane <= place.t) {
          const float p = expf(product(query, keys + lane * (D + 1), D) * scale - log_sum);
          ds = p * (product(upstream, values + lane * (D + 1), D) - expected);
        }
        add_rows(sums, ds, keys, D);
      }
      __syncthreads();
    }
    if (there) store_row(dq + row * D, sums, scale, D);
  }
}

template <typename T>
__global__ void attention_dkv_kernel(T* dk, T* dv, const float* products, const T* dy,
                                     const float* log_sums, const T* q, const T* k, const T* v,
                                     int64_t groups, int T_, int H, int KV, int D, float scale) {
  extern __shared__ float smem[];
  float* queries = smem;
  float* upstreams = queries + kTile * (D + 1);
  float* key = upstreams + kTile * (D + 1) + threadIdx.x / 32 * 2 * D;
  float* value = key + D;
  const int lane = threadIdx.x % 32;

  for (int64_t group = blockIdx.x; group < groups; group += gridDim.x) {
    const Place place = place_of(group, T_);  // of a key, among B · KV heads
    const bool there = place.t < T_;
    const int64_t row = place.head * T_ + (there ? place.t : 0);
    load_row(key, k + row * D, there, D);
    load_row(value, v + row * D, there, D);

    float dk_sums[kMaxParts] = {}, dv_sums[kMaxParts] = {};
    for (int h = 0; h < H / KV; ++h) {  // every query head that reads this key
      const int64_t head = place.head / KV * H + place.head % KV * (H / KV) + h;
      for (int base = place.first / kTile * kTile; base < T_; base += kTile) {
        load_tile(queries, q + head * T_ * D, base, T_, D);
        load_tile(upstreams, dy + head * T_ * D, base, T_, D);
        __syncthreads();
        if (there && base + kTile > place.t) {
          const int t = base + lane;  // the lane's query
          float p = 0.0f, ds = 0.0f;
          if (t >= place.t && t < T_) {
            p = expf(product(key, queries + lane * (D + 1), D) * scale - log_sums[head * T_ + t]);
            ds = p * (product(value, upstreams + lane * (D + 1), D) - products[head * T_ + t]);
          }
          add_rows(dv_sums, p, upstreams, D);
          add_rows(dk_sums, ds, queries, D);
        }
        __syncthreads();
      }
    }
    if (there) {
      store_row(dk + row * D, dk_sums, scale, D);
      store_row(dv + row * D, dv_sums, 1.0f, D);
    }
  }
}

static int64_t groups_of(int64_t heads, int T_, const Shape& shape) {
  const int warps = shape.threads / 32;
  return heads * ((T_ + warps - 1) / warps);
}

// Two tiles, and `rows` rows a warp.
static size_t shared_bytes_of(int D, int rows, const Shape& shape) {
  return (2 * kTile * (D + 1) + shape.threads / 32 * rows * D) * sizeof(float);
}

template <typename T>
void attention_forward(T* y, float* log_sums, const T* q, const T* k, const T* v, int B, int T_,
                       int H, int KV, int D, Shape shape) {
  const int64_t groups = groups_of(int64_t{B} * H, T_, shape);
  if (groups == 0) return;
  launch(attention_forward_kernel<T>, blocks_for(groups, shape), shape.threads,
         shared_bytes_of(D, 1, shape), shape.stream, y, log_sums, q, k, v, groups, T_, H, KV, D,
         1.0f / sqrtf(static_cast<float>(D)));
}

template <typename T>
void attention_backward(T* dq, T* dk, T* dv, float* products, const T* dy, const T* y,
                        const float* log_sums, const T* q, const T* k, const T* v, int B, int T_,
                        int H, int KV, int D, Shape shape) {
  const int64_t rows = int64_t{B} * H * T_, groups = groups_of(int64_t{B} * H, T_, shape);
  const int64_t key_groups = groups_of(int64_t{B} * KV, T_, shape);
  if (groups == 0) return;
  const float scale = 1.0f / sqrtf(static_cast<float>(D));
  const size_t shared_bytes = shared_bytes_of(D, 2, shape);
  const int rows_a_block = shape.threads / 32;
  launch(attention_products_kernel<T>, blocks_for((rows + rows_a_block - 1) / rows_a_block, shape),
         shape.threads, 0, shape.stream, products, dy, y, rows, D);
  launch(attention_dq_kernel<T>, blocks_for(groups, shape), shape.threads, shared_bytes,
         shape.stream, dq, products, dy, log_sums, q, k, v, groups, T_, H, KV, D, scale);
  launch(attention_dkv_kernel<T>, blocks_for(key_groups, shape), shape.threads, shared_bytes,
         shape.stream, dk, dv, products, dy, log_sums, q, k, v, key_groups, T_, H, KV, D, scale);
}

template void attention_forward(float*, float*, const float*, const float*, const float*, int, int,
                                int, int, int, Shape);
template void attention_forward(__nv_bfloat16*, float*, const __nv_bfloat16*, const __nv_bfloat16*,
                                const __nv_bfloat16*, int, int, int, int, int, Shape);
template void attention_backward(float*, float*, float*, float*, const float*, const float*,
                                 const float*, const float*, const float*, const float*, int, int,
                                 int, int, int, Shape);
template void attention_backward(__nv_bfloat16*, __nv_bfloat16*, __nv_bfloat16*, float*,
                                 const __nv_bfloat16*, const __nv_bfloat16*, const float*,
                                 const __nv_bfloat16*, const __nv_bfloat16*, const __nv_bfloat16*,
                                 int, int, int, int, int, Shape);

}  // namespace nanochat::kernels

// Causal attention with grouped heads, forward and backward; the CPU reference is
// nanochat/attention.cpp.
//
// Nothing of size T × T is ever stored (Dao et al. 2022, arXiv:2205.14135). A warp has eight
// queries (four, if heads are wider than 64); the block's warps share tiles of 32 keys and values
// in dynamic shared memory. For a tile, each lane has one key: its scores are the products of the
// warp's queries with that row of the tile. The warp knows each query's largest score so far, m,
// and each lane its part of the sum of exp(score − m); when m grows, what was added up so far is
// scaled down. Then each lane has the channels lane, lane + 32, … of the outputs and adds the
// tile's values up, with the probabilities that the lanes left in shared memory.
//
// Backward, with p = exp(score − log_sum), dp = dy · v and D = Σ dy·y a query: ds = p·(dp − D), and
//   dq = Σ ds·k (a warp has queries, tiles of keys),
//   dk = Σ ds·q, dv = Σ p·dy (a warp has keys, tiles of queries).
// So every sum belongs to one warp, and the result is the same every time, without atomics.
//
// Why several queries a warp: a value that comes from shared memory has to be used more than once,
// or loading it takes longer than computing with it. Rows of a tile are four more values apart than
// they are long, so that lanes which read a row each, four values at a time, want different banks.
// Tensor cores would be much faster still, for bfloat16; they are not used here.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

constexpr int kTile = 32;

// How many queries (or keys) a warp has, if each lane has kParts of a head's channels.
template <int kParts>
constexpr int kRows = kParts <= 2 ? 8 : 4;

// A row in shared memory: D values and zeros up to a multiple of four. A tile's rows are further
// apart.
__host__ __device__ inline int padded(int D) {
  return (D + 3) / 4 * 4;
}
__host__ __device__ inline int tile_stride(int D) {
  return padded(D) + 4;
}

// Which positions a warp has: blocks take groups of as many as their warps have together.
struct Place {
  int64_t head;     // of all B · H (or B · KV)
  int first, mine;  // the block's first position, and the warp's
  int end;          // beyond the block's last
};

__device__ Place place_of(int64_t group, int T_, int rows) {
  const int of_block = static_cast<int>(blockDim.x / 32) * rows;
  const int groups_a_head = (T_ + of_block - 1) / of_block;
  Place place;
  place.head = group / groups_a_head;
  place.first = static_cast<int>(group % groups_a_head) * of_block;
  place.mine = place.first + static_cast<int>(threadIdx.x / 32) * rows;
  place.end = min(place.first + of_block, T_);
  return place;
}

// Rows [base, base + 32) of a (T, D) matrix to shared memory, zeros beyond its end. All threads of
// the block.
template <typename T>
__device__ void load_tile(float* tile, const T* rows, int base, int T_, int D) {
  for (int row = threadIdx.x / 32; row < kTile; row += blockDim.x / 32) {
    for (int c = threadIdx.x % 32; c < padded(D); c += 32) {
      tile[row * tile_stride(D) + c] =
          base + row < T_ && c < D ? to_float(rows[int64_t{base + row} * D + c]) : 0.0f;
    }
  }
}

// The warp's own rows to its place in shared memory, in the same way. They are there for the other
// lanes after the barrier of the first tile.
template <int kCount, typename T>
__device__ void load_rows(float* to, const T* rows, int first, int T_, int D) {
  for (int row = 0; row < kCount; ++row) {
    for (int c = threadIdx.x % 32; c < padded(D); c += 32) {
      to[row * padded(D) + c] =
          first + row < T_ && c < D ? to_float(rows[int64_t{first + row} * D + c]) : 0.0f;
    }
  }
}

// The products of the warp's rows with the lane's row of the tile.
template <int kCount>
__device__ void multiply(float (&products)[kCount], const float* rows, const float* tile, int D) {
  const float4* mine = reinterpret_cast<const float4*>(tile + threadIdx.x % 32 * tile_stride(D));
  for (float& product : products) product = 0.0f;
  for (int c = 0; c < padded(D) / 4; ++c) {
    const float4 b = mine[c];
#pragma unroll
    for (int row = 0; row < kCount; ++row) {
      const float4 a = reinterpret_cast<const float4*>(rows + row * padded(D))[c];
      products[row] += a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
    }
  }
}

// sums[row] += Σ over the tile's rows of weights[row] (kCount, 32) · tile row, for the lane's
// channels.
template <int kCount, int kParts>
__device__ void add_rows(float (&sums)[kCount][kParts], const float* weights, const float* tile,
                         int D) {
  const int lane = threadIdx.x % 32;
  for (int begin = 0; begin < kTile; begin += 4) {
    float values[4][kParts];
#pragma unroll
    for (int k = 0; k < 4; ++k) {
#pragma unroll
      for (int part = 0; part < kParts; ++part) {
        const int c = lane + 32 * part;
        values[k][part] = c < D ? tile[(begin + k) * tile_stride(D) + c] : 0.0f;
      }
    }
#pragma unroll
    for (int row = 0; row < kCount; ++row) {
      const float4 w = reinterpret_cast<const float4*>(weights + row * kTile)[begin / 4];
#pragma unroll
      for (int part = 0; part < kParts; ++part) {
        sums[row][part] += w.x * values[0][part] + w.y * values[1][part] + w.z * values[2][part] +
                           w.w * values[3][part];
      }
    }
  }
}

template <int kParts, typename T>
__device__ void store_row(T* row, const float (&sums)[kParts], float scale, int D) {
  for (int part = 0; part < kParts; ++part) {
    const int c = threadIdx.x % 32 + 32 * part;
    if (c < D) row[c] = from_float<T>(sums[part] * scale);
  }
}

}  // namespace

// The kernels are in no unnamed namespace: their dynamic shared memory is a name that others
// define.
template <typename T, int kParts>
__global__ void attention_forward_kernel(T* y, float* log_sums, const T* q, const T* k, const T* v,
                                         int64_t groups, int T_, int H, int KV, int D,
                                         float scale) {
  constexpr int kCount = kRows<kParts>;
  extern __shared__ float4 smem[];
  float* keys = reinterpret_cast<float*>(smem);       // (32, D + padding)
  float* values = keys + kTile * tile_stride(D);      // the same
  float* queries = values + kTile * tile_stride(D) +  // (kCount, D + padding)
                   threadIdx.x / 32 * kCount * (padded(D) + kTile);
  float* weights = queries + kCount * padded(D);  // (kCount, 32)
  const int lane = threadIdx.x % 32;

  for (int64_t group = blockIdx.x; group < groups; group += gridDim.x) {
    const Place place = place_of(group, T_, kCount);
    const int64_t kv_head = place.head / H * KV + place.head % H / (H / KV);
    load_rows<kCount>(queries, q + place.head * T_ * D, place.mine, T_, D);

    float largest[kCount], sum[kCount], sums[kCount][kParts] = {};
    for (int row = 0; row < kCount; ++row) {
      largest[row] = -INFINITY;
      sum[row] = 0.0f;
    }
    for (int base = 0; base < place.end; base += kTile) {
      load_tile(keys, k + kv_head * T_ * D, base, T_, D);
      load_tile(values, v + kv_head * T_ * D, base, T_, D);
      __syncthreads();
      if (base < place.mine + kCount) {  // one of the warp's queries sees one of the keys
        float scores[kCount];
        multiply(scores, queries, keys, D);
#pragma unroll
        for (int row = 0; row < kCount; ++row) {
          const float score = base + lane <= place.mine + row ? scores[row] * scale : -INFINITY;
          const float larger = fmaxf(largest[row], warp_max(score));
          const float shrink = __expf(largest[row] - larger);
          const float p = __expf(score - larger);
          weights[row * kTile + lane] = p;
          sum[row] = sum[row] * shrink + p;
          for (float& part : sums[row]) part *= shrink;
          largest[row] = larger;
        }
        __syncwarp();
        add_rows(sums, weights, values, D);
      }
      __syncthreads();  // the tiles and the weights have been read
    }
    for (int row = 0; row < kCount; ++row) {
      const float total = warp_sum(sum[row]);
      if (place.mine + row >= T_) continue;
      const int64_t at = place.head * T_ + place.mine + row;
      store_row(y + at * D, sums[row], 1.0f / total, D);
      if (lane == 0) log_sums[at] = largest[row] + logf(total);
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
    for (int c = threadIdx.x % 32; c < D; c += 32) {
      sum += to_float(dy[row * D + c]) * to_float(y[row * D + c]);
    }
    sum = warp_sum(sum);
    if (threadIdx.x % 32 == 0) products[row] = sum;
  }
}

template <typename T, int kParts>
__global__ void attention_dq_kernel(T* dq, const float* products, const T* dy,
                                    const float* log_sums, const T* q, const T* k, const T* v,
                                    int64_t groups, int T_, int H, int KV, int D, float scale) {
  constexpr int kCount = kRows<kParts>;
  extern __shared__ float4 smem[];
  float* keys = reinterpret_cast<float*>(smem);
  float* values = keys + kTile * tile_stride(D);
  float* queries =
      values + kTile * tile_stride(D) + threadIdx.x / 32 * kCount * (2 * padded(D) + kTile);
  float* upstreams = queries + kCount * padded(D);
  float* weights = upstreams + kCount * padded(D);
  const int lane = threadIdx.x % 32;

  for (int64_t group = blockIdx.x; group < groups; group += gridDim.x) {
    const Place place = place_of(group, T_, kCount);
    const int64_t kv_head = place.head / H * KV + place.head % H / (H / KV);
    load_rows<kCount>(queries, q + place.head * T_ * D, place.mine, T_, D);
    load_rows<kCount>(upstreams, dy + place.head * T_ * D, place.mine, T_, D);

    float sums[kCount][kParts] = {};
    for (int base = 0; base < place.end; base += kTile) {
      load_tile(keys, k + kv_head * T_ * D, base, T_, D);
      load_tile(values, v + kv_head * T_ * D, base, T_, D);
      __syncthreads();
      if (base < place.mine + kCount) {
        float scores[kCount], slopes[kCount];
        multiply(scores, queries, keys, D);
        multiply(slopes, upstreams, values, D);
#pragma unroll
        for (int row = 0; row < kCount; ++row) {
          const int t = place.mine + row;
          float ds = 0.0f;
          if (base + lane <= t && t < T_) {
            const int64_t at = place.head * T_ + t;
            ds = __expf(scores[row] * scale - log_sums[at]) * (slopes[row] - products[at]);
          }
          weights[row * kTile + lane] = ds;
        }
        __syncwarp();
        add_rows(sums, weights, keys, D);
      }
      __syncthreads();
    }
    for (int row = 0; row < kCount && place.mine + row < T_; ++row) {
      store_row(dq + (place.head * T_ + place.mine + row) * D, sums[row], scale, D);
    }
  }
}

template <typename T, int kParts>
__global__ void attention_dkv_kernel(T* dk, T* dv, const float* products, const T* dy,
                                     const float* log_sums, const T* q, const T* k, const T* v,
                                     int64_t groups, int T_, int H, int KV, int D, float scale) {
  constexpr int kCount = kRows<kParts>;
  extern __shared__ float4 smem[];
  float* queries = reinterpret_cast<float*>(smem);
  float* upstreams = queries + kTile * tile_stride(D);
  float* keys =
      upstreams + kTile * tile_stride(D) + threadIdx.x / 32 * kCount * (2 * padded(D) + 2 * kTile);
  float* values = keys + kCount * padded(D);
  float* probabilities = values + kCount * padded(D);
  float* slopes_of_scores = probabilities + kCount * kTile;
  const int lane = threadIdx.x % 32;

  for (int64_t group = blockIdx.x; group < groups; group += gridDim.x) {
    const Place place = place_of(group, T_, kCount);  // of keys, among B · KV heads
    load_rows<kCount>(keys, k + place.head * T_ * D, place.mine, T_, D);
    load_rows<kCount>(values, v + place.head * T_ * D, place.mine, T_, D);

    float dk_sums[kCount][kParts] = {}, dv_sums[kCount][kParts] = {};
    for (int h = 0; h < H / KV; ++h) {  // every query head that reads these keys
      const int64_t head = place.head / KV * H + place.head % KV * (H / KV) + h;
      for (int base = place.first / kTile * kTile; base < T_; base += kTile) {
        load_tile(queries, q + head * T_ * D, base, T_, D);
        load_tile(upstreams, dy + head * T_ * D, base, T_, D);
        __syncthreads();
        if (base + kTile > place.mine) {
          const int t = base + lane;  // the lane's query
          const float log_sum = t < T_ ? log_sums[head * T_ + t] : 0.0f;
          const float expected = t < T_ ? products[head * T_ + t] : 0.0f;
          float scores[kCount], slopes[kCount];
          multiply(scores, keys, queries, D);
          multiply(slopes, values, upstreams, D);
#pragma unroll
          for (int row = 0; row < kCount; ++row) {
            const bool seen = t >= place.mine + row && t < T_;
            const float p = seen ? __expf(scores[row] * scale - log_sum) : 0.0f;
            probabilities[row * kTile + lane] = p;
            slopes_of_scores[row * kTile + lane] = p * (slopes[row] - expected);
          }
          __syncwarp();
          add_rows(dv_sums, probabilities, upstreams, D);
          add_rows(dk_sums, slopes_of_scores, queries, D);
        }
        __syncthreads();
      }
    }
    for (int row = 0; row < kCount && place.mine + row < T_; ++row) {
      const int64_t at = (place.head * T_ + place.mine + row) * D;
      store_row(dk + at, dk_sums[row], scale, D);
      store_row(dv + at, dv_sums[row], 1.0f, D);
    }
  }
}

namespace {

// How the kernels are launched: no more than eight warps a block, because each needs shared memory.
struct Plan {
  int threads;
  int64_t groups;
  size_t shared_bytes;
};

// Blocks for T_ positions of each head, with two tiles, and `rows` rows and `weights` weights for
// each position that a warp has.
template <int kParts>
Plan plan_of(int64_t heads, int T_, int D, int rows, int weights, const Shape& shape) {
  Plan plan;
  plan.threads = shape.threads < 256 ? shape.threads : 256;
  const int warps = plan.threads / 32, of_block = warps * kRows<kParts>;
  plan.groups = heads * ((T_ + of_block - 1) / of_block);
  plan.shared_bytes =
      (2 * kTile * tile_stride(D) + of_block * (rows * padded(D) + weights * kTile)) *
      sizeof(float);
  return plan;
}

template <int kParts, typename T>
void forward(T* y, float* log_sums, const T* q, const T* k, const T* v, int B, int T_, int H,
             int KV, int D, const Shape& shape) {
  const Plan plan = plan_of<kParts>(int64_t{B} * H, T_, D, 1, 1, shape);
  launch(attention_forward_kernel<T, kParts>, blocks_for(plan.groups, shape), plan.threads,
         plan.shared_bytes, shape.stream, y, log_sums, q, k, v, plan.groups, T_, H, KV, D,
         1.0f / sqrtf(static_cast<float>(D)));
}

template <int kParts, typename T>
void backward(T* dq, T* dk, T* dv, const float* products, const T* dy, const float* log_sums,
              const T* q, const T* k, const T* v, int B, int T_, int H, int KV, int D,
              const Shape& shape) {
  const float scale = 1.0f / sqrtf(static_cast<float>(D));
  const Plan of_queries = plan_of<kParts>(int64_t{B} * H, T_, D, 2, 1, shape);
  launch(attention_dq_kernel<T, kParts>, blocks_for(of_queries.groups, shape), of_queries.threads,
         of_queries.shared_bytes, shape.stream, dq, products, dy, log_sums, q, k, v,
         of_queries.groups, T_, H, KV, D, scale);
  const Plan of_keys = plan_of<kParts>(int64_t{B} * KV, T_, D, 2, 2, shape);
  launch(attention_dkv_kernel<T, kParts>, blocks_for(of_keys.groups, shape), of_keys.threads,
         of_keys.shared_bytes, shape.stream, dk, dv, products, dy, log_sums, q, k, v,
         of_keys.groups, T_, H, KV, D, scale);
}

}  // namespace

static void require_sizes(int H, int KV, int D) {
  require(D >= 1 && D <= 128, "attention: a head has 1 to 128 channels");
  require(KV >= 1 && H % KV == 0, "attention: the number of query heads is no multiple of KV");
}

template <typename T>
void attention_forward(T* y, float* log_sums, const T* q, const T* k, const T* v, int B, int T_,
                       int H, int KV, int D, Shape shape) {
  if (B == 0 || T_ == 0 || H == 0) return;
  require_sizes(H, KV, D);
  const auto of_width = D <= 32 ? forward<1, T> : D <= 64 ? forward<2, T> : forward<4, T>;
  of_width(y, log_sums, q, k, v, B, T_, H, KV, D, shape);
}

template <typename T>
void attention_backward(T* dq, T* dk, T* dv, float* products, const T* dy, const T* y,
                        const float* log_sums, const T* q, const T* k, const T* v, int B, int T_,
                        int H, int KV, int D, Shape shape) {
  if (B == 0 || T_ == 0 || H == 0) return;
  require_sizes(H, KV, D);
  const int64_t rows = int64_t{B} * H * T_;
  const int rows_a_block = shape.threads / 32;
  launch(attention_products_kernel<T>, blocks_for((rows + rows_a_block - 1) / rows_a_block, shape),
         shape.threads, 0, shape.stream, products, dy, y, rows, D);
  const auto of_width = D <= 32 ? backward<1, T> : D <= 64 ? backward<2, T> : backward<4, T>;
  of_width(dq, dk, dv, products, dy, log_sums, q, k, v, B, T_, H, KV, D, shape);
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

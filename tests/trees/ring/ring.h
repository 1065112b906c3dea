// ring: the last N values of a series, in their order. Header only.
#pragma once

#include <array>
#include <cstddef>

namespace ring {

template <class T, std::size_t N>
class Ring {
public:
    void push(const T &value)
    {
        values_[end_] = value;
        end_ = (end_ + 1) % N;
        if (size_ < N)
            ++size_;
    }

    std::size_t size() const { return size_; }

    // The oldest is at 0.
    const T &operator[](std::size_t i) const { return values_[(end_ + N - size_ + i) % N]; }

private:
    std::array<T, N> values_{};
    std::size_t end_ = 0, size_ = 0;
};

}  // namespace ring

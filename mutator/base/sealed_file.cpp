// sealed_file: see sealed_file.h. A mark, 12 bytes of nonce, 16 of tag, and by AES-256-GCM: the length of the
// content as 8 bytes, the content, zeros.
#include "mutator/base/sealed_file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

namespace nanobug {
namespace {

constexpr std::string_view kMark = "nbf1";
constexpr size_t kNonce = 12, kTag = 16, kLength = 8, kHead = 4 + kNonce + kTag;
// What would pass as one call of EVP's, whose lengths are ints.
constexpr size_t kLargest = std::numeric_limits<int>::max();
constexpr time_t kTime = 946684800;  // the first second of 2000

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::string key() {
  const std::string hex = sha256("nanobug's cache");
  return hex.substr(0, 32);
}

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// Encrypts, or decrypts and compares the tag; false when that fails.
bool crypt(bool encrypt, unsigned char* data, size_t size, std::string nonce, std::string& tag) {
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string secret = key();
  int length = 0;
  if (!cipher || EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(secret),
                                   bytes_of(nonce), encrypt) != 1)
    return false;
  if (!encrypt && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) != 1)
    return false;
  if (EVP_CipherUpdate(cipher.get(), data, &length, data, static_cast<int>(size)) != 1 ||
      EVP_CipherFinal_ex(cipher.get(), data + length, &length) != 1)
    return false;
  return !encrypt || EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, tag.data()) == 1;
}

auto io_error(const char* what, const fs::path& path, int reason) {
  return fail(Exit::io, std::string(what) + ' ' + path.string() + ": " + system_reason(reason));
}

}  // namespace

Status write_sealed(const fs::path& file, std::string_view bytes, std::size_t step) {
  const size_t whole = (kHead + kLength + bytes.size() + step - 1) / step * step;
  if (whole > kLargest) return io_error("cannot keep", file, EFBIG);
  std::string text(whole - kHead, '\0'), nonce(kNonce, '\0'), tag(kTag, '\0');
  const std::uint64_t length = bytes.size();
  std::memcpy(text.data(), &length, kLength);
  std::memcpy(text.data() + kLength, bytes.data(), bytes.size());
  if (RAND_bytes(bytes_of(nonce), kNonce) != 1 || !crypt(true, bytes_of(text), text.size(), nonce, tag))
    return fail(Exit::io, "OpenSSL cannot encrypt " + file.string());

  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  std::string name = file.string() + ".XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return io_error("cannot write in", file.parent_path(), errno);
  ::close(fd);
  const Status written = write_unsynced(name, std::string(kMark) + nonce + tag + text);
  const timespec times[] = {{kTime, 0}, {kTime, 0}};
  if (written && ::utimensat(AT_FDCWD, name.c_str(), times, 0) == 0 &&
      ::rename(name.c_str(), file.c_str()) == 0)
    return {};
  const int reason = errno;
  ::unlink(name.c_str());
  return written ? io_error("cannot write", file, reason) : written;
}

std::optional<std::string> read_sealed(const fs::path& file) {
  auto whole = read_file(file);
  if (!whole || whole->size() < kHead + kLength || !whole->starts_with(kMark)) return std::nullopt;
  std::string tag = whole->substr(kMark.size() + kNonce, kTag);
  const size_t size = whole->size() - kHead;
  if (size > kLargest ||
      !crypt(false, bytes_of(*whole) + kHead, size, whole->substr(kMark.size(), kNonce), tag))
    return std::nullopt;
  std::uint64_t length = 0;
  std::memcpy(&length, whole->data() + kHead, kLength);
  if (length > size - kLength) return std::nullopt;
  whole->resize(kHead + kLength + length);
  whole->erase(0, kHead + kLength);
  return std::move(*whole);
}

}  // namespace nanobug

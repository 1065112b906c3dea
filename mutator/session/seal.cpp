// seal: see seal.h. "nb1:" and the hex of: 8 bytes of nonce, then 8 bytes of check and the text, both XORed
// with a keystream of SHA-256 blocks over nonce and counter.
#include "mutator/session/seal.h"

#include <openssl/evp.h>

#include <array>

#include "mutator/base/files.h"
#include "mutator/base/hex.h"
#include "mutator/session/name.h"

namespace nanobug::session {
namespace {

constexpr std::string_view kMark = "nb1:";
constexpr size_t kNonce = 8, kCheck = 8;

std::string with_keystream(std::string bytes, std::string_view nonce) {
  const std::string begin = "nanobug seal " + std::string(nonce);
  std::array<unsigned char, 32> block;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i % block.size() == 0) {
      const std::string counted = begin + std::to_string(i / block.size());
      EVP_Digest(counted.data(), counted.size(), block.data(), nullptr, EVP_sha256(), nullptr);
    }
    bytes[i] = static_cast<char>(bytes[i] ^ block[i % block.size()]);
  }
  return bytes;
}

std::string check_of(std::string_view bytes) {
  return from_hex(sha256(bytes))->substr(0, kCheck);
}

}  // namespace

std::string seal(std::string_view bytes) {
  const std::string nonce = random_bytes(kNonce);
  const std::string text = check_of(bytes) + std::string(bytes);
  return std::string(kMark) + to_hex(nonce + with_keystream(text, nonce));
}

std::optional<std::string> unseal(std::string_view text) {
  if (!text.starts_with(kMark)) return std::nullopt;
  const auto bytes = from_hex(text.substr(kMark.size()));
  if (!bytes || bytes->size() < kNonce + kCheck) return std::nullopt;
  const std::string plain = with_keystream(bytes->substr(kNonce), bytes->substr(0, kNonce));
  std::string content = plain.substr(kCheck);
  if (check_of(content) != plain.substr(0, kCheck)) return std::nullopt;
  return content;
}

}  // namespace nanobug::session

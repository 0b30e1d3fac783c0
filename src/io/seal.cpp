#include "io/seal.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <system_error>

#include "base/errors.hpp"
#include "io/digest.hpp"
#include "io/posix_file.hpp"

namespace scorefield::io {

namespace {

constexpr std::string_view magic = "scorefield-file 1\n";
constexpr std::uint64_t smallest_block = 512, largest_block = std::uint64_t{1} << 26;

/// Reads exactly this much, or throws.
std::string read_bytes(int descriptor, std::uint64_t offset, std::uint64_t bytes) {
  std::string text(bytes, '\0');
  for (std::uint64_t done = 0; done < bytes;) {
    const ssize_t got = ::pread(descriptor, text.data() + done, bytes - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw base::FileError(std::generic_category().message(errno));
    if (got == 0) throw base::FileError("it ends early");
    done += static_cast<std::uint64_t>(got);
  }
  return text;
}

std::uint64_t size_of_file(int descriptor) { return static_cast<std::uint64_t>(::lseek(descriptor, 0, SEEK_END)); }

/// Digest of everything behind the block but the regions, which are sorted.
std::uint64_t digest_between(int descriptor, const std::vector<ValueRegion>& regions, std::uint64_t block,
                             std::uint64_t size) {
  std::uint64_t digest = 0, at = block;
  const auto add_up_to = [&](std::uint64_t end) {
    constexpr std::uint64_t chunk = 1 << 20;
    for (; at < end; at += std::min(chunk, end - at)) {
      digest = mix64(digest ^ digest_text(read_bytes(descriptor, at, std::min(chunk, end - at))));
    }
  };
  for (const auto& region : regions) {
    add_up_to(std::min(region.offset, size));
    at = std::max(at, region.offset + region.bytes);
  }
  add_up_to(size);
  return digest;
}

std::string write_seal(int descriptor, const std::vector<ValueRegion>& regions, std::uint64_t block,
                       std::uint64_t size) {
  std::ostringstream text;
  text << magic << "block " << block << " size " << size << " values " << regions.size() << '\n';
  for (const auto& region : regions) text << region.offset << ' ' << region.bytes << '\n';
  text << "digest of the rest " << std::hex << digest_between(descriptor, regions, block, size) << '\n';
  std::string seal = text.str();
  if (seal.size() > block) throw base::FileError("the seal does not fit into its block");
  seal.resize(block, '\0');
  return seal;
}

}  // namespace

std::uint64_t seal_size(std::size_t datasets) {
  const std::uint64_t needed = 160 + 42 * std::uint64_t{datasets};  // two numbers of at most 20 digits a dataset
  std::uint64_t size = smallest_block;
  while (size < needed) size *= 2;
  return size;
}

std::string make_seal(int descriptor, std::vector<ValueRegion> regions, std::uint64_t block) {
  std::sort(regions.begin(), regions.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
  return write_seal(descriptor, regions, block, size_of_file(descriptor));
}

bool check_seal(const std::filesystem::path& path) {
  const OpenFile file(path);
  const auto damaged = [&](const std::string& why) {
    return base::FileError(path.string() + " is damaged: " + why,
                           "use another copy of the file, or an older checkpoint");
  };
  const std::uint64_t actual_size = size_of_file(file.descriptor());
  try {
    if (actual_size < magic.size() || read_bytes(file.descriptor(), 0, magic.size()) != magic) return false;
    std::uint64_t block = 0, size = 0, count = 0;
    std::string word;
    std::istringstream first(read_bytes(file.descriptor(), magic.size(), smallest_block - magic.size()));
    first >> word >> block >> word >> size >> word >> count;
    if (!first || block < smallest_block || block > largest_block || count > block)
      throw damaged("its seal is unreadable");
    if (size != actual_size) {
      throw damaged("it has " + std::to_string(actual_size) + " bytes instead of " + std::to_string(size));
    }
    const std::string seal = read_bytes(file.descriptor(), 0, block);
    std::istringstream text(seal);
    std::getline(text, word);
    std::getline(text, word);
    std::vector<ValueRegion> regions(count);
    for (auto& region : regions) text >> region.offset >> region.bytes;
    // A seal made anew is equal to the one in the file, or something has changed: in the file or in the seal.
    if (!text || write_seal(file.descriptor(), regions, block, size) != seal)
      throw damaged("it differs from what was written");
  } catch (const base::FileError& error) {
    if (std::string_view(error.what()).find(path.string()) != std::string_view::npos) throw;
    throw damaged(error.what());
  }
  return true;
}

}  // namespace scorefield::io

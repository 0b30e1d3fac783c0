#include "io/grey_image.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "io/posix_file.hpp"

namespace scorefield::io {

namespace {

constexpr std::uint8_t white = 255;
constexpr std::string_view png_signature = "\x89PNG\r\n\x1a\n";

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw base::FileError("cannot read the picture " + path.string() + ": " + what,
                        "give an 8-bit grey PNG, a PGM or a PBM file");
}

bool is_pnm(std::string_view head) {
  return head.size() >= 2 && head[0] == 'P' && std::string_view("1245").find(head[1]) != std::string_view::npos;
}

std::string head_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw base::FileError("cannot read " + path.string());
  std::string head(png_signature.size(), '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return head;
}

/// libpng's description of a picture, which holds memory until it is freed.
using PngImage = std::unique_ptr<png_image, decltype([](png_image* image) {
                                   png_image_free(image);
                                   delete image;
                                 })>;

PngImage new_png() {
  PngImage image(new png_image{});
  image->version = PNG_IMAGE_VERSION;
  return image;
}

GreyImage read_png(const std::filesystem::path& path) {
  const PngImage image = new_png();
  if (png_image_begin_read_from_file(image.get(), path.c_str()) == 0) refuse(path, image->message);
  image->format = PNG_FORMAT_GRAY;
  image->flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  GreyImage read{image->height, image->width, {}};
  read.levels.assign(static_cast<std::size_t>(read.rows * read.columns), white);
  if (png_image_finish_read(image.get(), nullptr, read.levels.data(), 0, nullptr) == 0) refuse(path, image->message);
  return read;
}

/// The netpbm formats: numbers with blanks and comments between, then for P4 and P5 bytes.
class Pnm {
 public:
  explicit Pnm(const std::filesystem::path& path) : path_(path), text_(read_text(path)) {}

  GreyImage read() {
    const char kind = text_[1];
    const bool is_bitmap = kind == '1' || kind == '4';
    at_ = 2;
    GreyImage image;
    image.columns = number();
    image.rows = number();
    most_ = is_bitmap ? 1 : number();
    constexpr std::int64_t longest = 1'000'000;
    if (image.columns < 1 || image.rows < 1 || image.columns > longest || image.rows > longest)
      refuse(path_, "it says it is " + std::to_string(image.rows) + " x " + std::to_string(image.columns));
    if (most_ < 1 || most_ > white) refuse(path_, "it has " + std::to_string(most_) + " grey levels, not 1 to 255");
    const std::int64_t row_bytes = is_bitmap ? (image.columns + 7) / 8 : image.columns;
    const bool is_text = kind == '1' || kind == '2';
    if (!is_text) ++at_;  // one blank
    const auto needed = static_cast<std::size_t>(is_text ? image.rows * image.columns : image.rows * row_bytes);
    if (text_.size() < at_ + needed) refuse(path_, "it ends too early");
    image.levels.reserve(static_cast<std::size_t>(image.rows * image.columns));
    for (std::int64_t y = 0; y < image.rows; ++y) {
      for (std::int64_t x = 0; x < image.columns; ++x) {
        std::int64_t value = 0;
        if (kind == '1') value = digit();
        if (kind == '2') value = number();
        if (kind == '4') value = byte(y * row_bytes + x / 8) >> (7 - x % 8) & 1;
        if (kind == '5') value = byte(y * row_bytes + x);
        if (value > most_) refuse(path_, "a level " + std::to_string(value) + " above its maximum");
        const std::int64_t stretched = (value * white + most_ / 2) / most_;
        image.levels.push_back(static_cast<std::uint8_t>(is_bitmap ? white - stretched : stretched));
      }
    }
    return image;
  }

 private:
  void skip() {
    while (at_ < text_.size() && (std::isspace(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '#')) {
      if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size() - 1);
      ++at_;
    }
  }
  std::int64_t digit() {
    skip();
    if (at_ >= text_.size() || std::isdigit(static_cast<unsigned char>(text_[at_])) == 0)
      refuse(path_, "a number is missing at byte " + std::to_string(at_));
    return text_[at_++] - '0';
  }
  std::int64_t number() {
    std::int64_t value = digit();
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 && value < 100'000'000) {
      value = 10 * value + (text_[at_++] - '0');
    }
    return value;
  }
  [[nodiscard]] std::int64_t byte(std::int64_t i) const {
    return static_cast<unsigned char>(text_[at_ + static_cast<std::size_t>(i)]);
  }

  std::filesystem::path path_;
  std::string text_;
  std::size_t at_ = 0;
  std::int64_t most_ = 1;
};

}  // namespace

bool is_grey_image(const std::filesystem::path& path) {
  const std::string head = head_of(path);
  return head == png_signature || is_pnm(head);
}

GreyImage read_grey_image(const std::filesystem::path& path) {
  const std::string head = head_of(path);
  if (head == png_signature) return read_png(path);
  if (is_pnm(head)) return Pnm(path).read();
  refuse(path, "it is none");
}

void write_png(const std::filesystem::path& path, const GreyImage& image) {
  write_atomically(path, [&](const std::filesystem::path& temporary) {
    const PngImage png = new_png();
    png->width = static_cast<png_uint_32>(image.columns);
    png->height = static_cast<png_uint_32>(image.rows);
    png->format = PNG_FORMAT_GRAY;
    png->flags |= PNG_IMAGE_FLAG_FAST;
    if (png_image_write_to_file(png.get(), temporary.c_str(), 0, image.levels.data(), 0, nullptr) == 0)
      throw base::FileError("cannot write " + path.string() + ": " + png->message);
  });
}

}  // namespace scorefield::io

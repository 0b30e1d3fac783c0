#include "run/output.hpp"

#include <algorithm>
#include <cstring>

#include "io/write_file.hpp"
#include "run/field_datasets.hpp"
#include "run/trace_table.hpp"

namespace scorefield::run {

namespace {

/// Diagnostics take about a microsecond a value: a stop must not wait for those of a long run, whose end has them.
bool is_quick_to_diagnose(const std::vector<Record>& records, std::int64_t chains) {
  constexpr std::int64_t most_values = 1'000'000;
  std::int64_t values = 0;
  for (const auto& trace : records.front().traces) values += static_cast<std::int64_t>(trace.size());
  return values * chains <= most_values;
}

std::uint64_t u(std::int64_t i) { return static_cast<std::uint64_t>(i); }

/// Numbers as they are stored, one after the other at `to`.
void convert(const double* values, std::int64_t count, io::Type type, std::byte* to) {
  const auto as = [&](auto like) {
    using T = decltype(like);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto value = static_cast<T>(values[i]);
      std::memcpy(to + static_cast<std::size_t>(i) * sizeof value, &value, sizeof value);
    }
  };
  if (type == io::Type::float64) as(double{});
  if (type == io::Type::float32) as(float{});
  if (type == io::Type::uint8) as(std::uint8_t{});
}

}  // namespace

std::int64_t draws_in_buffer(const RunDeck& deck, std::int64_t cells) {
  const std::int64_t bytes = std::max<std::int64_t>(1, cells * (deck.output.precision == "float32" ? 4 : 8));
  const std::int64_t stored = deck.output.fields_every > 0 ? deck.run.draws / deck.output.fields_every : 0;
  return std::clamp<std::int64_t>(deck.output.buffer_megabytes * 1'000'000 / bytes, 1,
                                  std::max<std::int64_t>(1, stored));
}

Output::Output(const Layout& layout, const RunDeck& deck, std::filesystem::path directory, int components,
               std::string unit, std::vector<model::NamedField> fixed_fields, io::Type draws_type, bool is_biased)
    : layout_(layout),
      deck_(&deck),
      directory_(directory),
      components_(components),
      unit_(std::move(unit)),
      fixed_fields_(std::move(fixed_fields)),
      draws_type_(draws_type),
      is_biased_(is_biased),
      segments_(std::move(directory)) {
  // As many draws as fit on the rank with the largest share; the same number on all.
  const std::int64_t largest = layout.world.max(layout.domain.real_box().size() * components * layout.local_chains);
  buffer_limit_ = draws_in_buffer(deck, largest);
}

io::Extents Output::draws_shape(std::int64_t draws) const {
  return field_shape(layout_.domain.lattice(), components_, {u(deck_->run.chains), u(draws)});
}

void Output::store(std::vector<Record>& records) {
  buffers_.resize(static_cast<std::size_t>(layout_.local_chains));
  std::size_t i = 0;
  for (Record& record : records) {
    if (!record.is_recorded) continue;
    // Symbols are stored as they are, whatever they stand for.
    const grid::Field& x = draws_type_ == io::Type::uint8 ? record.chain->x.real() : record.chain->field().real();
    const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), x.view());
    const auto bytes = static_cast<std::size_t>(x.size()) * io::size_of(draws_type_);
    std::vector<std::byte>& buffer = buffers_[i++];
    // The whole buffer at once: growing by doubling would need up to three times as much for a moment.
    buffer.reserve(bytes * static_cast<std::size_t>(buffer_limit_));
    buffer.resize(buffer.size() + bytes);
    convert(host.data(), x.size(), draws_type_, buffer.data() + buffer.size() - bytes);
  }
  ++buffered_;
}

void Output::flush_if_full() {
  if (buffered_ >= buffer_limit_) flush();
}

void Output::discard() {
  buffered_ = 0;
  for (auto& draws : buffers_) draws.clear();
}

void Output::flush() {
  if (buffered_ == 0) return;
  const grid::Box& box = layout_.domain.real_box();
  io::Dataset draws{.path = "/draws/x", .type = draws_type_, .shape = draws_shape(buffered_), .unit = unit_};
  for (std::size_t i = 0; i < buffers_.size() && !box.empty(); ++i) {
    io::Extents first{u(layout_.first_chain) + i, 0};
    io::Extents extents{1, u(buffered_)};
    if (components_ > 1) {
      first.push_back(0);
      extents.push_back(u(components_));
    }
    draws.pieces.push_back(field_piece(layout_.domain.lattice(), box, first, extents, buffers_[i].data()));
  }
  segments_.append(layout_.world, buffered_, {draws}, {{"format", std::string("scorefield-draws")}});
  discard();
}

void Output::write_samples(const std::vector<Record>& records, const Observables& observables, const ResolvedDeck& deck,
                           const model::Sampler& sampler, const std::string& state) const {
  const base::Comm& world = layout_.world;
  const bool is_root = world.is_root();
  std::vector<const Moments*> moments;
  moments.reserve(records.size());
  for (const auto& record : records) {
    if (record.is_recorded) moments.push_back(&record.moments);
  }
  const Summary summary =
      merge_moments(world, layout_.domain, deck_->run.chains, layout_.first_chain, moments, components_);
  const TraceTable table(layout_, records, observables, sampler,
                         state == "complete" || is_quick_to_diagnose(records, deck_->run.chains));

  std::vector<io::Dataset> datasets = segments_.listing(is_root);
  const grid::Lattice& lattice = layout_.domain.lattice();
  const grid::Box box = grid::Partition(lattice, world.size()).real_box(world.rank());
  const io::Extents leading = components_ > 1 ? io::Extents{u(components_)} : io::Extents{};
  const io::Extents origin(leading.size(), 0);
  const auto add_map = [&](const std::string& path, const void* data, const grid::Box& own, const std::string& unit,
                           bool mine) {
    io::Dataset map{.path = path, .shape = field_shape(lattice, components_), .unit = unit};
    if (mine && !own.empty()) map.pieces.push_back(field_piece(lattice, own, origin, leading, data));
    datasets.push_back(std::move(map));
  };
  add_map("/summary/mean", summary.mean.data(), box, unit_, true);
  add_map("/summary/std", summary.std.data(), box, unit_, true);
  std::vector<std::vector<std::byte>> converted;
  for (const auto& fixed : fixed_fields_) {
    // Fields that every group has: the first group writes its own. Some have components of their own (data).
    const int own_components = fixed.field.components();
    const io::Extents count = own_components > 1 ? io::Extents{u(own_components)} : io::Extents{};
    io::Dataset map{
        .path = fixed.path, .type = fixed.type, .shape = field_shape(lattice, own_components), .unit = fixed.unit};
    if (layout_.group == 0 && !fixed.field.box().empty()) {
      const void* data = fixed.field.data();
      if (fixed.type != io::Type::float64) {
        auto& bytes = converted.emplace_back(static_cast<std::size_t>(fixed.field.size()) * io::size_of(fixed.type));
        convert(fixed.field.data(), fixed.field.size(), fixed.type, bytes.data());
        data = bytes.data();
      }
      map.pieces.push_back(field_piece(lattice, fixed.field.box(), io::Extents(count.size(), 0), count, data));
    }
    datasets.push_back(std::move(map));
  }
  table.append_to(datasets);
  std::vector<std::int64_t> steps;
  for (std::int64_t draw = 0; draw < segments_.draws(); ++draw) {
    steps.push_back(deck_->run.warmup + (draw + 1) * deck_->output.fields_every * deck_->run.thin);
  }
  io::Dataset step{.path = "/draws/step", .type = io::Type::int64, .shape = {u(segments_.draws())}, .unit = "steps"};
  if (is_root && !steps.empty()) step.pieces.push_back({{0}, {steps.size()}, steps.data()});
  datasets.push_back(step);

  // Nothing here may depend on the number of ranks or on clocks. (The cut into segments does:
  // docs/decisions/segments.md.)
  io::Attributes attributes = provenance("scorefield-samples", deck);
  attributes.insert(attributes.end(), {{"state", state},
                                       {"sampler", deck_->sampler.type},
                                       {"biased", std::int64_t{is_biased_ ? 1 : 0}},
                                       {"chains", deck_->run.chains}});
  std::vector<io::VirtualDataset> virtual_datasets;
  if (segments_.draws() > 0) {
    virtual_datasets.push_back(segments_.stacked("/draws/x", draws_type_, draws_shape(segments_.draws()), unit_));
  }
  io::write_file(world, directory_ / "samples.h5", datasets, attributes, virtual_datasets);
}

}  // namespace scorefield::run

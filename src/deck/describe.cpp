#include "deck/describe.hpp"

#include "deck/slots.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace scorefield::deck {
namespace {

struct Row {
  std::string name, type, unit, standard, accepts, doc;
};

void append_sentence(std::string& text, const std::string& sentence) {
  if (!sentence.empty()) text += (text.empty() ? "" : "; ") + sentence;
}

Row row_of(const Option& option, const Slot& slot, const std::string& prefix) {
  const Spec& spec = option.spec;
  const Emitted standard = emit_slot(slot, option);
  Row row{join_key(prefix, option.name), type_text(slot, option), spec.unit, "", range_text(spec), spec.doc};
  const bool no_text = standard.node.is_scalar() && standard.node.text().empty();
  row.standard = spec.required ? "required" : standard.present && !no_text ? to_flow_yaml(standard.node) : "none";
  if (!spec.auto_doc.empty()) append_sentence(row.doc, spec.auto_word + ": " + spec.auto_doc);
  if (!spec.example.empty()) append_sentence(row.doc, "example: " + spec.example);
  if (!spec.reference.empty()) append_sentence(row.doc, spec.reference);
  return row;
}

void collect(const AnySchema& schema, void* object, const std::string& prefix, std::vector<Row>& rows) {
  for (const Option& option : schema.options()) {
    const Slot slot = option.slot(object);
    const auto* section = std::get_if<Section>(&slot);
    if (section == nullptr) {
      rows.push_back(row_of(option, slot, prefix));
      continue;
    }
    const bool absent = section->object == nullptr;
    const std::string key = join_key(prefix, option.name);
    const std::string doc = option.spec.doc.empty() ? option.section->doc() : option.spec.doc;
    const std::string standard = option.spec.required ? "required" : absent ? "none" : "";
    rows.push_back({key, "section", "", standard, "", doc});
    const std::shared_ptr<void> fresh = absent ? option.section->defaults() : nullptr;
    collect(*option.section, absent ? fresh.get() : section->object, key, rows);
  }
}

std::vector<Row> rows_of(const AnySchema& schema) {
  std::vector<Row> rows;
  const std::shared_ptr<void> object = schema.defaults();
  collect(schema, object.get(), "", rows);
  return rows;
}

/// Characters, not bytes: the columns must line up for "Å" too.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string wrapped(const std::string& text, std::size_t indent) {
  constexpr std::size_t line_width = 100;
  const std::string margin(indent, ' ');
  std::string result;
  std::string line = margin;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (line.size() > indent && width(line) + 1 + width(word) > line_width) {
      result += line + "\n";
      line = margin;
    }
    line += (line.size() > indent ? " " : "") + word;
    begin = end + 1;
  }
  return result + line + "\n";
}

std::string terminal(const AnySchema& schema) {
  std::string out = schema.name() + "\n" + wrapped(schema.doc(), 2);
  if (!schema.reference().empty()) out += wrapped("Reference: " + schema.reference(), 2);
  if (!schema.example().empty()) out += "  Example: " + schema.example() + "\n";
  const auto rows = rows_of(schema);
  if (rows.empty()) return out + "  No options.\n";

  using Cells = std::array<std::string, 5>;
  const auto cells = [](const Row& r) { return Cells{r.name, r.type, r.unit, r.standard, r.accepts}; };
  const Cells head{"option", "type", "unit", "default", "accepts"};
  std::array<std::size_t, 5> widths{};
  for (std::size_t c = 0; c < head.size(); ++c) {
    widths[c] = width(head[c]);
    for (const Row& row : rows) widths[c] = std::max(widths[c], std::min<std::size_t>(width(cells(row)[c]), 28));
  }
  const auto line = [&](const Cells& texts) {
    std::string result = "  ";
    for (std::size_t c = 0; c < texts.size(); ++c) {
      const std::size_t pad = widths[c] > width(texts[c]) ? widths[c] - width(texts[c]) : 0;
      result += texts[c] + std::string(pad + 2, ' ');
    }
    return result.substr(0, result.find_last_not_of(' ') + 1) + "\n";
  };
  out += "\n" + line(head);
  for (const Row& row : rows) out += line(cells(row)) + (row.doc.empty() ? "" : wrapped(row.doc, 6));
  return out;
}

std::string cell(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

std::string code(const std::string& text) { return text.empty() ? "" : "`" + cell(text) + "`"; }

std::string markdown(const AnySchema& schema) {
  std::string out = "### " + schema.name() + "\n\n" + schema.doc() + "\n";
  if (!schema.reference().empty()) out += "\nReference: " + schema.reference() + "\n";
  if (!schema.example().empty()) out += "\n```yaml\n" + schema.example() + "\n```\n";
  const auto rows = rows_of(schema);
  if (rows.empty()) return out + "\nNo options.\n";
  out += "\n| option | type | unit | default | accepts | meaning |\n|---|---|---|---|---|---|\n";
  for (const Row& row : rows) {
    const std::string standard =
        row.standard == "required" || row.standard == "none" ? row.standard : code(row.standard);
    out += "| " + code(row.name) + " | " + cell(row.type) + " | " + cell(row.unit) + " | " + standard + " | " +
           cell(row.accepts) + " | " + cell(row.doc) + " |\n";
  }
  return out;
}

}  // namespace

std::string describe(const AnySchema& schema, Style style) {
  return style == Style::markdown ? markdown(schema) : terminal(schema);
}

std::string describe_all(const Catalogue& catalogue, Style style) {
  std::string out;
  for (const auto& [name, family] : catalogue.all()) {
    if (!out.empty()) out += "\n";
    out += (style == Style::markdown ? "## " : "==== ") + name + (style == Style::markdown ? "\n" : " ====\n");
    if (!family.doc().empty()) out += (style == Style::markdown ? "\n" : "") + family.doc() + "\n";
    for (const Entry& entry : family.entries()) out += "\n" + describe(entry.schema, style);
  }
  return out;
}

std::string overview(const Catalogue& catalogue) {
  std::size_t widest = 0;
  for (const auto& [name, family] : catalogue.all()) {
    for (const Entry& entry : family.entries()) widest = std::max(widest, width(entry.name()));
  }
  std::string out;
  for (const auto& [name, family] : catalogue.all()) {
    out += name + (family.doc().empty() ? "" : ": " + family.doc()) + "\n";
    for (const Entry& entry : family.entries()) {
      const std::string pad(widest - width(entry.name()) + 2, ' ');
      out += "  " + entry.name() + pad + entry.schema.doc().substr(0, entry.schema.doc().find(". ")) + "\n";
    }
  }
  return out;
}

}  // namespace scorefield::deck

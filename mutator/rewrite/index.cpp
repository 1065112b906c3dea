// index: sites on disk, one sealed file of JSON a rule and file version: they are the answers. See site.h.
//
// {"version": 2, "key": …, "sum": sha256 of the sites' text, "sites": […]}: whatever does not read back
// exactly so is as good as not there, and is found again with Clang.
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/base/sealed_file.h"
#include "mutator/rewrite/site.h"

namespace nanobug::rewrite {

void to_json(nlohmann::json& json, const Replacement& edit) {
  json = {{"offset", edit.offset}, {"length", edit.length}, {"text", edit.text}};
}

void from_json(const nlohmann::json& json, Replacement& edit) {
  edit = {json.at("offset").get<unsigned>(), json.at("length").get<unsigned>(),
          json.at("text").get<std::string>()};
}

void to_json(nlohmann::json& json, const Change& change) {
  json = {{"file", change.file},           {"hash", change.hash},         {"line", change.line},
          {"last_line", change.last_line}, {"function", change.function}, {"edits", change.edits}};
}

void from_json(const nlohmann::json& json, Change& change) {
  json.at("file").get_to(change.file);
  json.at("hash").get_to(change.hash);
  json.at("line").get_to(change.line);
  json.at("last_line").get_to(change.last_line);
  json.at("function").get_to(change.function);
  json.at("edits").get_to(change.edits);
}

void to_json(nlohmann::json& json, const Site& site) {
  to_json(json, static_cast<const Change&>(site));
  json.update({{"rule", site.rule}, {"index", site.index}, {"also", site.also}, {"bound", site.bound}});
}

void from_json(const nlohmann::json& json, Site& site) {
  from_json(json, static_cast<Change&>(site));
  json.at("rule").get_to(site.rule);
  json.at("index").get_to(site.index);
  json.at("also").get_to(site.also);
  json.at("bound").get_to(site.bound);
}

namespace {

constexpr int kVersion = 2;

// Longer than nearly every entry: its size must not tell the rule.
constexpr std::size_t kStep = 16u << 10;

// Raise with every change to what find() answers; the compiler's version counts by itself.
const std::string kEngine = "nanobug rewrite 19, LLVM " NANOBUG_LLVM_VERSION;

std::string name_of(catalog::Edit::Kind kind) {
  using Kind = catalog::Edit::Kind;
  switch (kind) {
    case Kind::replace:
      return "replace";
    case Kind::remove:
      return "remove";
    case Kind::insert_before:
      return "insert before";
    case Kind::insert_after:
      return "insert after";
    case Kind::move_before:
      return "move before";
    case Kind::move_after:
      return "move after";
    case Kind::swap:
      return "swap";
  }
  return "";
}

// Texts as one, each with its length in front: no two lists of texts give the same.
class Parts {
 public:
  void add(const std::string& text) { all_ += std::to_string(text.size()) + ":" + text; }
  void add(std::size_t number) { add(std::to_string(number)); }

  void add(const catalog::Part& one) {
    add(one.file);
    add(one.match.value);
    add(one.edits.size());
    for (const catalog::Edit& edit : one.edits) {
      add(name_of(edit.kind));
      add(edit.target.value);
      add(edit.with.value);
    }
  }

  // All that its forms say.
  void add(const catalog::Rule& rule) {
    for (const catalog::Form* form : rule.forms()) {
      add(std::to_string(form->expect) + (form->all ? " all" : ""));
      add(static_cast<const catalog::Part&>(*form));
      add(form->also.size());
      for (const catalog::Part& one : form->also) add(one);
    }
  }

  std::string hash() const { return sha256(all_); }

 private:
  std::string all_;
};

}  // namespace

Index::Index(std::filesystem::path directory) : directory_(std::move(directory)) {}

std::string Index::key(const catalog::Rule& rule, const Texts& files, const std::string& context) {
  Parts parts;
  parts.add(kEngine);
  parts.add(rule.id.value);
  parts.add(context);
  parts.add(rule);
  parts.add(files.size());
  for (const auto& [name, bytes] : files) {
    parts.add(name);
    parts.add(bytes);
  }
  return parts.hash();
}

std::string Index::key_of_snippets(const catalog::Rule& rule, const std::string& style) {
  Parts parts;
  parts.add("snippets 2");
  parts.add(kEngine);
  parts.add(rule.in.value);  // says the language, and whose style they are formatted in
  parts.add(style);
  parts.add(rule.forms().size());
  parts.add(rule);
  for (const auto* list : {&rule.matches, &rule.no_matches}) {
    parts.add(list->size());
    for (const catalog::Snippet& snippet : *list) {
      parts.add(snippet.code.value);
      parts.add(snippet.after.value);
    }
  }
  return parts.hash();
}

std::optional<std::vector<Site>> Index::look_up(const std::string& key) const {
  const auto text = read_sealed(directory_ / key);
  if (!text) return std::nullopt;
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  try {
    const nlohmann::json& sites = json.at("sites");
    if (json.at("version") != kVersion || json.at("key") != key || json.at("sum") != sha256(sites.dump()))
      return std::nullopt;
    return sites.get<std::vector<Site>>();
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

Status Index::keep(const std::string& key, const std::vector<Site>& sites) const {
  try {
    const nlohmann::json list = sites;
    const nlohmann::json all = {
        {"version", kVersion}, {"key", key}, {"sum", sha256(list.dump())}, {"sites", list}};
    return write_sealed(directory_ / key, all.dump(), kStep);
  } catch (const nlohmann::json::exception&) {  // a text that is not UTF-8
    return fail(Exit::io, "sites with text that is not UTF-8 cannot be kept in the index");
  }
}

}  // namespace nanobug::rewrite

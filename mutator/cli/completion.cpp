// completion: scripts for bash, zsh and fish, made from the verbs themselves.
#include <fmt/format.h>

#include "mutator/cli/verbs.h"

namespace nanobug::cli {
namespace {

std::string options_of(const CLI::App& verb) {
  std::string words;
  for (const CLI::Option* option : verb.get_options())
    for (const std::string& name : option->get_lnames()) words += " --" + name;
  return words;
}

std::string verbs_of(const CLI::App& app) {
  std::string words;
  for (const CLI::App* sub : app.get_subcommands({})) words += (words.empty() ? "" : " ") + sub->get_name();
  return words;
}

// What may follow a verb: its own verbs, rules where it takes one, its options.
std::string bash(const CLI::App& app) {
  std::string cases;
  for (const CLI::App* sub : app.get_subcommands({})) {
    const bool takes_rule =
        std::string("start patch rule certify export").find(sub->get_name()) != std::string::npos;
    cases += fmt::format(
        "    {}) words=\"{}{}{} --json --quiet --help\" ;;\n", sub->get_name(), verbs_of(*sub),
        takes_rule ? " $(nanobug list 2>/dev/null | awk 'NR > 1 {print $1}')" : "", options_of(*sub));
  }
  return "_nanobug() {\n  local words\n  case ${COMP_WORDS[1]} in\n" + cases +
         "    *) words=\"\" ;;\n  esac\n  if [ \"$COMP_CWORD\" -le 1 ]; then words=\"" + verbs_of(app) +
         " --help --version\"; fi\n  COMPREPLY=($(compgen -W \"$words\" -- "
         "\"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -F _nanobug nanobug\n";
}

std::string fish(const CLI::App& app) {
  std::string script = "complete -c nanobug -f\n";
  for (const CLI::App* sub : app.get_subcommands({}))
    script += fmt::format("complete -c nanobug -n __fish_use_subcommand -a {} -d '{}'\n", sub->get_name(),
                          sub->get_description());
  for (const char* verb : {"start", "certify", "export"})
    script += fmt::format(
        "complete -c nanobug -n '__fish_seen_subcommand_from {}' -a \"(nanobug list 2>/dev/null | awk 'NR > "
        "1 {{print \\$1}}')\"\n",
        verb);
  return script;
}

}  // namespace

void add_completion(Verbs& verbs) {
  auto shell = std::make_shared<std::string>();
  CLI::App* verb = verbs.add(verbs.app, "completion",
                             "Print the completion script of a shell: eval \"$(nanobug completion bash)\"");
  verb->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""))
      ->type_name("SHELL");
  verbs.on(verb, [shell, &verbs]() -> Result<Exit> {
    if (*shell == "fish")
      verbs.context.ui.data(fish(verbs.app));
    else
      verbs.context.ui.data((*shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "") +
                            bash(verbs.app));
    return Exit::ok;
  });
}

}  // namespace nanobug::cli

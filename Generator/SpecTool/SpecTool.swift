internal import ArgumentParser

/// The tool that makes, checks and compares the spec.
@main
struct SpecTool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cl-spec",
    abstract:
      "Distils the API's documentation into the spec, and checks, compares and exports specs.",
    discussion: """
      Examples:
        cl-spec pull --base-url https://docs.example.com/api --output pages
        cl-spec distill pages/ --output Spec
        cl-spec distill resources.json --resources skus,prices --output Spec
        cl-spec check --pages ../docs
        cl-spec show imports
        cl-spec diff --from v1.2 Spec --fail-on breaking
        cl-spec update --base-url https://docs.example.com/api --pages pages
        cl-spec compare imports --with resources.json
        cl-spec export --format openapi --output openapi.json

      docs/regenerating.md walks through a change of the documentation. Results go to standard \
      output, diagnostics to standard error. Exit codes: 0 success, 1 failure, 64 wrong usage; pull has \
      more.
      """,
    subcommands: [
      PullCommand.self, DistillCommand.self, CheckCommand.self, ShowSpecCommand.self,
      DiffCommand.self, UpdateCommand.self, CompareCommand.self, ExportSpecCommand.self,
      TraitsCommand.self,
    ])
}

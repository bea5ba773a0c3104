import PackagePlugin
@main struct GenerateClientCommand: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) async throws {}
}

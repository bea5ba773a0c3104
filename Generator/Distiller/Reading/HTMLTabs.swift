/// The titles of tabs, found for each panel: by the ids that join them, otherwise by their order.
struct HTMLTabs {
  private var byPanel: [String: String] = [:]
  private var byButton: [String: String] = [:]
  private var lists: [[String]] = []

  init() {}

  init(_ tree: HTMLElement) {
    for list in tree.all(where: { $0.role == "tablist" }) {
      var titles: [String] = []
      for tab in list.all(where: { $0.role == "tab" }) {
        let title = Inline(text: tab.rawText).normalized.text
        titles.append(title)
        if let panel = tab.attributes["aria-controls"] { byPanel[panel] = title }
        if let id = tab.attributes["id"] { byButton[id] = title }
      }
      lists.append(titles)
    }
  }

  /// The title of a panel.
  /// - Parameters:
  ///   - list: how many lists of tabs came before it.
  ///   - position: the panel's place behind the last of them, from 0.
  func title(of panel: HTMLElement, list: Int, position: Int) -> String? {
    if let title = panel.attributes["id"].flatMap({ byPanel[$0] }) { return title }
    if let title = panel.attributes["aria-labelledby"].flatMap({ byButton[$0] }) { return title }
    guard lists.indices.contains(list - 1), lists[list - 1].indices.contains(position) else {
      return nil
    }
    return lists[list - 1][position]
  }
}

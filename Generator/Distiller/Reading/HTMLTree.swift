private import CLibxml2
internal import Foundation

/// An HTML document as plain Swift values: no C pointer leaves this file.
indirect enum HTMLNode: Sendable {
  case element(HTMLElement)
  case text(String)
  case comment(String, line: Int)
}

/// One element of an HTML document.
struct HTMLElement: Sendable {
  var name: String
  var attributes: [String: String]
  var children: [HTMLNode]
  var line: Int
  /// Whether what stands in it was left out because it is nested too deep.
  var isCut = false

  var role: String { attributes["role"] ?? "" }
}

/// The libxml2 side of reading.
enum HTMLTree {
  // No network, no messages, damaged tags repaired. Never: entity substitution, DTD loading,
  // XInclude, the lifted limits of HUGE.
  private static let options = Int32(
    HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
      | HTML_PARSE_RECOVER.rawValue | HTML_PARSE_COMPACT.rawValue)

  /// libxml2 must be initialised once, before any thread uses it.
  private static let initialised: Void = xmlInitParser()

  /// Parses a document.
  /// - Throws: the ``PageDiagnostic`` that says why it is rejected.
  static func parse(_ html: String, file: String) throws(PageDiagnostic) -> HTMLElement {
    if let rejection = HTMLRejection.of(html) {
      throw PageDiagnostic(
        .error, .rejectedDocument, file: file, line: rejection.line,
        "\(rejection.reason); such documents are rejected unread")
    }
    _ = initialised
    var bytes = Array(html.utf8).map { CChar(bitPattern: $0) }
    guard bytes.count <= Limits.maximumBytes * 2,
      let document = htmlReadMemory(&bytes, Int32(bytes.count), nil, "UTF-8", options)
    else {
      throw PageDiagnostic(.error, .rejectedDocument, file: file, line: 1, "cannot be read as HTML")
    }
    defer { xmlFreeDoc(document) }
    guard let root = xmlDocGetRootElement(document) else {
      throw PageDiagnostic(.warning, .emptyFile, file: file, line: 1, "has no content")
    }
    return convert(root, depth: 0)
  }

  private static func convert(_ node: xmlNodePtr, depth: Int) -> HTMLElement {
    var element = HTMLElement(
      name: string(node.pointee.name).lowercased(), attributes: [:], children: [],
      line: max(1, Int(xmlGetLineNo(node))))
    var attribute = node.pointee.properties
    while let current = attribute {
      element.attributes[string(current.pointee.name).lowercased()] = value(of: current)
      attribute = current.pointee.next
    }
    guard depth < Limits.maximumElementDepth else {
      element.isCut = node.pointee.children != nil
      return element
    }
    var child = node.pointee.children
    while let current = child {
      switch current.pointee.type {
      case XML_ELEMENT_NODE: element.children.append(.element(convert(current, depth: depth + 1)))
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
        element.children.append(.text(string(current.pointee.content)))
      case XML_COMMENT_NODE:
        element.children.append(
          .comment(string(current.pointee.content), line: Int(xmlGetLineNo(current))))
      default: break
      }
      child = current.pointee.next
    }
    return element
  }

  private static func value(of attribute: xmlAttrPtr) -> String {
    var text = ""
    var child = attribute.pointee.children
    while let current = child {
      text += string(current.pointee.content)
      child = current.pointee.next
    }
    return text
  }

  private static func string(_ pointer: UnsafePointer<xmlChar>?) -> String {
    pointer.map { String(cString: $0) } ?? ""
  }

  private static func string(_ pointer: UnsafeMutablePointer<xmlChar>?) -> String {
    pointer.map { String(cString: $0) } ?? ""
  }
}

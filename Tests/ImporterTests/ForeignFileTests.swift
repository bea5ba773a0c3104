import CommerceLayer
import Foundation
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// Files that are something else than their names say, and what other programs did to values.
@Suite struct ForeignFileTests {
  @Test(arguments: [
    ("PAR1\u{15}\u{4}", "a Parquet file"),
    ("SQLite format 3\u{0}\u{10}", "an SQLite database"),
    ("{\\rtf1\\ansi code,name\\par}", "a document in RTF"),
    ("\n<!DOCTYPE html>\n<html><body>Log in</body></html>", "a page in HTML"),
    ("<html><head></head></html>", "a page in HTML"),
    ("<table><tr><td>code</td></tr></table>", "a spreadsheet as HTML or XML"),
    (
      "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
      "a spreadsheet as HTML or XML"
    ),
    ("<?xml version=\"1.0\"?><skus><sku/></skus>", "an XML document"),
  ])
  func isNamedForWhatItIs(text: String, expected: String) throws {
    let error = inputError { try read(text) }
    #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
    #expect(error?.advice?.isEmpty == false)
  }

  @Test func archivesAndOldCompressionAreNamed() throws {
    for (bytes, expected) in [
      ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "an archive"), ([0x1F, 0x9D, 0x90], "compress (.Z)"),
    ] as [([UInt8], String)] {
      let error = inputError { try read(bytes) }
      #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
    }
  }

  /// What psql, MySQL and Markdown print for people would be read as rows of their own.
  @Test(arguments: [
    " code | name \n------+------\n A    | one\n(1 row)\n",
    "| code | name |\n|---|:--|\n| A | one |\n",
    "code\tname\n====\t====\nA\tone\n",
    "+------+------+\n| code | name |\n+------+------+\n| A    | one  |\n+------+------+\n",
  ])
  func aTableForPeopleIsNotReadAsRows(text: String) {
    let error = inputError { try read(text) }
    #expect(error?.line == (text.hasPrefix("+") ? 1 : 2))
    #expect(error?.message.contains("ruler") == true, "\(String(describing: error))")
    #expect(error?.advice?.contains("psql --csv") == true)
  }

  @Test func aCellOfHyphensIsAValue() throws {
    #expect(try read("code,name\n--,a\nB,---\n").texts.count == 2)
  }

  @Test(arguments: ["\"code,name\"\n\"A,one\"\n", "\"code;name\"\n\"A;one\"\n"])
  func aHeaderInQuotesAsAWholeIsExplained(text: String) {
    let error = inputError { try read(text) }
    #expect(error?.message.contains("in quotes as a whole") == true, "\(String(describing: error))")
  }

  @Test(arguments: ["“code”,“name”\n“A”,“one”\n", "'code';'name'\n'A';'one'\n"])
  func otherQuotesAreExplained(text: String) {
    let error = inputError { try read(text) }
    #expect(error?.message.contains("quotes, which are part of them") == true)
    #expect(error?.advice == "write \" instead")
  }

  @Test func lettersOfOtherScriptsAreTold() {
    let error = inputError { try read("\u{441}ode,name\nA,one\n") }
    #expect(error?.message.contains("did you mean 'code'? (its 'с' is U+0441)") == true)
  }

  /// Programs of DOS end a file with Ctrl-Z, which was imported as a record.
  @Test(arguments: ["", "\n", "\r\n"])
  func ctrlZAtTheEndIsNotARow(end: String) throws {
    let reading = try read("code,name\nA,one\n\u{1A}" + end)
    #expect(reading.keys == ["A"])
    #expect(reading.rejected.isEmpty)
  }

  @Test func damageOfOtherProgramsIsTold() throws {
    func kinds(_ cell: String, column: String = "code") throws -> [InputWarning.Kind] {
      try read("code,name\n" + (column == "code" ? "\(cell),n" : "A,\(cell)") + "\n").kinds
    }
    for date in ["1-Mar", "Mar-01", "01-Mar-24", "3-Okt", "15-DEC-2024"] {
      #expect(try kinds(date) == [.spreadsheetDate], "\(date)")
      #expect(try kinds(date, column: "name") == [], "a name may be one")
    }
    for code in ["REF-1234567", "1-Marx", "MAR-", "1-3", "A-Mar-1", "12345-Mar", "2024-03-01"] {
      #expect(try kinds(code) == [], "\(code)")
    }
    for text in ["GrÃ¶ÃŸe", "10 Â°C", "donâ€™t"] {
      #expect(try kinds(text, column: "name") == [.doubleEncoded], "\(text)")
    }
    for text in ["NÃO", "Größe", "Âge", "château", "10 €"] {
      #expect(try kinds(text, column: "name") == [], "\(text)")
    }
    #expect(try kinds("Gr\u{FFFD}e", column: "name") == [.lostCharacter])
    #expect(try kinds("a\u{1B}[1mb", column: "name") == [.controlCharacter])
    #expect(try kinds("a\u{7F}", column: "name") == [.controlCharacter])
    #expect(try kinds("\"a\tb\nc\"", column: "name") == [])
  }

  /// A row is read in one of two ways; both write the same for all that cells can hold.
  @Test func valuesAreWrittenAsJSONWhateverIsInThem() throws {
    let reading = try read(
      "code,name,weight,pieces_per_pack,do_not_ship,metadata\n"
        + "A,\"a \"\"quoted\"\" \\ name\",1.50,007,TRUE,\"{\"\"a\"\":1}\"\n"
        + "B,\"tab\tline\nfeed\",0.5,12,false,\n" + "C,\u{1}ünï💶,.5,,1,\n" + "D,,,,,\n")
    #expect(
      reading.texts == [
        #"{"code":"A","name":"a \"quoted\" \\ name","weight":1.50,"pieces_per_pack":7,"#
          + #""do_not_ship":true,"metadata":{"a":1}}"#,
        #"{"code":"B","name":"tab\tline\nfeed","weight":0.5,"pieces_per_pack":12,"do_not_ship":false}"#,
        #"{"code":"D"}"#,
      ])
    #expect(reading.rejected.map(\.line) == [5])
  }
}

import Connect
import Domain
import Foundation
import Hub
import NIOCore
import Testing
@testable import Web

/// What is around every page.
struct ShellTests {
    private func tables() throws -> [Language: Words] {
        try Words.tables(ConsoleResources.all.reduce(into: [:]) { $0.merge($1.words) { first, _ in first } })
    }

    /// What stands between two marks, wherever they stand.
    private static func names(_ opening: String, _ closing: String, in text: String) -> Set<String> {
        var names: Set<String> = [], rest = text[...]
        while let start = rest.range(of: opening) {
            rest = rest[start.upperBound...]
            guard let end = rest.range(of: closing) else { break }
            names.insert(String(rest[..<end.lowerBound]))
        }
        return names
    }

    @Test func `every text stands in every language with the same parameters`() throws {
        for area in ConsoleResources.all {
            for (name, bytes) in area.words {
                let one = try Words.tables([name: bytes])
                let english = try #require(one[.en])
                for path in english.paths {
                    let wanted = Self.names("{", "}", in: english(path))
                    for language in Language.allCases {
                        let words = try #require(one[language])
                        #expect(Self.names("{", "}", in: words(path)) == wanted, "\(path) in \(language)")
                    }
                }
            }
        }
    }

    @Test func `a flag speaks the page's language, and says what its own sentence quotes`() throws {
        let tables = try tables(), flag = Flag(code: AddressProblem.districtNotMarked(city: "").code, message: AddressProblem.districtNotMarked(city: "จตุจักร").message)
        #expect(tables[.en]?.flag(flag) == flag.message)
        #expect(tables[.th]?.flag(flag).hasSuffix("ให้ย้ายไป “จตุจักร”") == true)
        #expect(tables[.es]?.flag(Flag(code: "unknown_status", message: "The shop's status \"in-limbo\" is not known.")).hasSuffix("“in-limbo”") == true)
        #expect(tables[.es]?.flag(Flag(code: "unheard_of", message: "As it came.")) == "As it came.")
        #expect(tables[.en]?.flag(Flag(code: "unheard_of", message: "“\u{202E}abc” is unknown.")) == "“\u{2068}\u{202E}abc\u{2069}” is unknown.")
    }

    @Test func `sentences that were made in English are said in the page's language, with their values, and those inside them`() throws {
        let book = try PhraseBook([Array("""
            - {en: "The comparison with {1} failed: {2}", th: "เทียบกับ {1} ไม่ได้: {2}", es: "No se pudo comparar con {1}: {2}"}
            - {en: "the shop is closed", th: "ร้านปิด", es: "la tienda está cerrada"}
            - {en: "asked for again at {1}: {2}", th: "{2} ถามใหม่เวลา {1}", es: "{2}; se pide otra vez a las {1}"}
            """.utf8)])
        #expect(book.said("The comparison with Shop {2} failed: asked for again at 10:00: the shop is closed", in: .es) == "No se pudo comparar con Shop {2}: la tienda está cerrada; se pide otra vez a las 10:00")
        #expect(book.said("The comparison with A failed: the shop is closed", in: .en) == "The comparison with A failed: the shop is closed")
        #expect(book.said("Something else failed: the shop is closed", in: .th) == "Something else failed: the shop is closed")
        #expect(book.said("the shop is closed", in: .th) == "ร้านปิด")
    }

    @Test(arguments: [("- {en: \"a sentence\", th: x}", "lacks a language"), ("- {en: \"a sentence {1}\", th: x, es: \"x {1}\"}", "has other placeholders in another language"), ("- {en: \"{1} is\", th: \"{1}\", es: \"{1}\"}", "would fit too much"),
                      ("- {en: \"a sentence\", th: x, es: x}\n- {en: \"a sentence\", th: x, es: x}", "stands twice")])
    func `a list of phrases with a fault is refused by name`(text: String, problem: String) {
        #expect(throws: PhraseBook.Fault.self) { try PhraseBook([Array(text.utf8)]) }
        do { _ = try PhraseBook([Array(text.utf8)]) } catch { #expect((error as? PhraseBook.Fault)?.problem == problem) }
    }

    /// What the console says of the commonest troubles; the values stay as they are.
    @Test func `our own phrases are complete, and each is found again`() throws {
        let book = try PhraseBook.ours.get()
        for entry in book.entries {
            for language in [Language.th, .es] {
                let said = book.said(entry, in: language)
                #expect(said != entry || entry.count < 12, "\(language): \(entry)")
            }
        }
        let troubles: [any HubError] = [
            ConnectorError.unauthorised(reason: "the seller has not agreed yet"), ConnectorError.unreachable(reason: "the answer took longer than 30 s"), ConnectorError.misconfigured(setting: "url", problem: "is not set"),
            ChannelFault.nameTaken("Shop"), AuthorisationFault.expired, AuthorisationFault.otherAccount(expected: "1", given: "2"), MendedRetryFault.notOpen,
        ]
        for trouble in troubles {
            for language in [Language.th, .es] { #expect(book.said(trouble.sentence, in: language) != trouble.sentence, "\(language): \(trouble.sentence)") }
        }
    }

    @Test func `what a flag quotes of an address is dots in every language for who may not see it`() throws {
        let tables = try tables(), problem = AddressProblem.districtNotMarked(city: "จตุจักร"), flag = Flag(code: problem.code, message: problem.message).shown(isMasked: true)
        for language in Language.allCases {
            let text = try #require(tables[language]).flag(flag)
            #expect(text.contains("“•••”") && !text.contains("จตุจักร"), "\(language)")
        }
    }

    /// Carriers' troubles carry the carrier's own sentence; every other flag has words.
    @Test func `every flag that the sources raise has words in every language`() throws {
        let english = try #require(try tables()[.en]), sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardizedFileURL
        var codes: Set<String> = []
        for case let file as URL in try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)) where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            codes.formUnion(Self.names("Flag(code: \"", "\"", in: text))
        }
        #expect(codes.count > 30)
        let address: [AddressProblem] = AddressField.allCases.map { .missing($0) } + [
            .unknownCountry(""), .unknownProvince(""), .provinceNameAndCodeDisagree(name: "", code: ""), .provinceTakenFrom(.city, province: "", insteadOf: nil),
            .provincePostcodeDisagree(province: "", postcode: "", candidates: []), .districtPostcodeDisagree(district: "", postcode: "", districts: []),
            .regionComunaConflict(region: "", comuna: "", regionOfComuna: ""), .regionBeforeSplit(region: "", comuna: "", regionOfComuna: ""), .unknownDistrict(""), .districtNotMarked(city: ""),
            .ambiguousDistrict(""), .districtTakenFrom(.city, district: "", insteadOf: nil), .badPostcode("", country: ""), .badPhone,
        ]
        for code in codes.union(address.map(\.code)).union([Flag.editDiffers]) { #expect(english.has("flags.js.\(code)"), "\(code)") }
    }

    @Test func `a text without a language is refused with its place`() {
        #expect(throws: WordError(path: "x.title", problem: "has no text in th")) {
            try Words.tables(["x": Array("title: {en: A, es: B}".utf8)])
        }
    }

    @Test func `every text that a template asks for exists`() throws {
        let english = try #require(try tables()[.en])
        for area in ConsoleResources.all {
            for (name, bytes) in area.templates {
                for path in Self.names("{{t.", "}}", in: String(decoding: bytes, as: UTF8.self)) { #expect(english.has(path), "\(path) in \(name)") }
            }
        }
    }

    @Test func `every text that a script asks for exists`() throws {
        let english = try #require(try tables()[.en])
        for area in ConsoleResources.all {
            for (name, bytes) in area.assets where name.hasSuffix(".js") {
                for path in Self.names("words(\"", "\"", in: String(decoding: bytes, as: UTF8.self)) {
                    let parts = path.split(separator: ".", maxSplits: 1)
                    #expect(english.has(path) || (parts.count == 2 && english.has("\(parts[0]).js.\(parts[1])")), "\(path) in \(name)")
                }
            }
        }
    }

    @Test func `a script's imports are named by their content`() throws {
        let own = ConsoleResources.all.reduce(into: [:]) { $0.merge($1.assets) { first, _ in first } }
        let shelf = AssetShelf(own: own.merging(["probe.js": Array("import { api } from \"/assets/console.js\";".utf8)]) { $1 }, libraries: nil, words: try tables())
        let text = String(buffer: try #require(shelf.asset("probe.js")?.bytes))
        #expect(text == "import { api } from \"\(shelf.path("console.js"))\";")
        #expect(shelf.path("console.js") != "/assets/console.js")
    }

    @Test func `moments are told in the workspace's zone and the reader's calendar`() throws {
        let now = try #require(Timestamp(rfc3339: "2026-11-21T16:59:59Z"))
        let bangkok = WorkspaceClock(zone: "Asia/Bangkok", language: .th, now: now)
        #expect(bangkok.time(try #require(Timestamp(rfc3339: "2026-11-20T17:00:00Z"))).text == "00:00")
        #expect(bangkok.time(try #require(Timestamp(rfc3339: "2026-11-20T16:59:00Z"))).text == "20 พ.ย. 23:59")
        #expect(bangkok.time(try #require(Timestamp(rfc3339: "2025-01-01T00:00:00Z"))).text == "1 ม.ค. 2568")
        #expect(bangkok.startOfDay(now).description.hasPrefix("2026-11-20T17:00:00"))
        #expect(bangkok.startOfDay(now, plusDays: 1).description.hasPrefix("2026-11-21T17:00:00"))
        let santiago = WorkspaceClock(zone: "America/Santiago", language: .es, now: now)
        // Chile's clocks go forward on 2026-09-06.
        #expect(santiago.startOfDay(try #require(Timestamp(rfc3339: "2026-09-07T12:00:00Z"))).description.hasPrefix("2026-09-07T03:00:00"))
        #expect(santiago.startOfDay(try #require(Timestamp(rfc3339: "2026-09-05T12:00:00Z"))).description.hasPrefix("2026-09-05T04:00:00"))
        #expect(santiago.time(now).full == "21 nov 2026 13:59:59 (-03:00)")
    }

    @Test func `a language is chosen as the browser asks`() {
        #expect(Language(accepted: "fr-CH, th;q=0.9, en;q=0.8") == .th)
        #expect(Language(accepted: "es-CL") == .es)
        #expect(Language(accepted: "fr") == nil)
        #expect(Language(accepted: nil) == nil)
    }

    @Test func `a form is read as browsers write it, and bounded`() throws {
        let form = try PageForm(text: "a=1&b=%E0%B8%81+x&a=2&empty=")
        #expect(form["a"] == "1")
        #expect(form.all("a") == ["1", "2"])
        #expect(form["b"] == "ก x")
        #expect(form.text("empty") == nil)
        #expect(throws: APIProblem.self) { try PageForm(text: "a=%F") }
        #expect(throws: APIProblem.self) { try PageForm(text: String(repeating: "a=1&", count: PageForm.maximumFields + 1)) }
    }
}

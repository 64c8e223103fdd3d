import ArgumentParser
import Foundation
import NIOHTTP1

extension OrdersCommand {
    struct Label: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Fetches the courier's label of an order's parcel into a file.")
        enum Format: String, ExpressibleByArgument, CaseIterable { case pdf, zpl, png }
        enum Size: String, ExpressibleByArgument, CaseIterable { case label100x150 = "100x150", label100x75 = "100x75", a5 = "A5", a4 = "A4" }

        @Argument(help: "Id or number.") var order: String
        @Option(help: "pdf, zpl or png.") var format = Format.pdf
        @Option(help: "100x150, 100x75, A5 or A4.") var size = Size.label100x150
        @Option(help: ArgumentHelp("The file to write; without it label-ORDER.pdf in this folder.", valueName: "file")) var output: String?
        @OptionGroup var hub: HubOptions

        func work(_ api: APIClient) async throws {
            let id = try await OrdersCommand.id(of: order, api), path = output ?? "label-\(id).\(format.rawValue)"
            let answer = try await api.send(.GET, "/api/v1/orders/\(APIClient.part(id))/label?format=\(format.rawValue)&size=\(size.rawValue)")
            guard answer.status == 200 else {
                _ = try APIClient.read(answer)
                return
            }
            do { try answer.data.write(to: URL(fileURLWithPath: path)) } catch { throw CommandFailure(.usage, "The label could not be written to \(path).") }
            try hub.print(.object(["order": .text(id), "file": .text(path), "bytes": .integer(Int64(answer.data.count))])) { "The label is in \(path).\n" }
        }
    }
}

import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// A file sent by the page's plain form, for who has scripts blocked. The session's secret and the channel come before the file in the form.
struct FilesUpload {
    static let path = "/files"
    /// A field that is no file, and what the form adds to a file of the largest size.
    private static let maximumFieldBytes = 2048, maximumFields = 12, maximumFormBytes = 64 << 10

    let visit: Visit

    struct Upload { var channel: ChannelID, path: String, fileName: String }

    /// - Returns: nil when no file was chosen.
    /// - Throws: a problem in words; nothing is left on disk then.
    func take() async throws -> Upload? {
        let request = visit.request
        guard let type = request.headers[.contentType], type.lowercased().hasPrefix("multipart/form-data") else {
            throw APIProblem(.unsupportedMediaType, "unsupported_media_type", visit.words("files.faults.noForm"))
        }
        guard !APIRead.isDeclaredLarger(request, than: ImportRoutes.maximumFileBytes + Self.maximumFormBytes) else { throw ImportRoutes.tooLarge }
        do { return try await read(try MultipartParser(contentType: type)) } catch is MultipartParser.Fault {
            throw APIProblem(.badRequest, "invalid_form", visit.words("files.faults.broken"))
        }
    }

    private func read(_ parser: MultipartParser) async throws -> Upload? {
        var parser = parser, fields: [String: String] = [:], field: (name: String, bytes: Data)?, sink: UploadSink?, upload: Upload?
        for try await chunk in visit.request.body {
            for event in try parser.take(Data(chunk.readableBytesView)) {
                switch event {
                case .begin(_, let fileName?):
                    guard visit.isOurs(fields["csrf"]) else { throw APIProblem(.forbidden, "csrf", visit.words("shell.csrf")) }
                    guard upload == nil, !fileName.isEmpty else { break }
                    let path = try FileImporter(hub: visit.hub).store.folder() + "/upload-" + UUID().uuidString
                    let channel = try visit.hub.channels.channel(named: fields["channel"] ?? "").id
                    sink = try UploadSink(path)
                    upload = Upload(channel: channel, path: path, fileName: ImportRoutes.lastPart(fileName))
                case .begin(let name, nil):
                    guard fields.count < Self.maximumFields else { throw MultipartParser.Fault.tooManyParts }
                    field = (name, Data())
                case .bytes(let bytes):
                    if let sink { try await sink.write(ByteBuffer(bytes: bytes)) } else if field != nil {
                        field?.bytes.append(bytes)
                        guard field?.bytes.count ?? 0 <= Self.maximumFieldBytes else { throw MultipartParser.Fault.headTooLarge }
                    }
                case .end:
                    if let done = field { fields[done.name] = String(decoding: done.bytes, as: UTF8.self) }
                    field = nil
                    if let done = sink { _ = done.finish() }
                    sink = nil
                }
            }
        }
        do { try parser.finish() } catch {
            if let upload { try? FileManager.default.removeItem(atPath: upload.path) }      // half a form is none; what stays behind is swept
            throw error
        }
        guard visit.isOurs(fields["csrf"]) else { throw APIProblem(.forbidden, "csrf", visit.words("shell.csrf")) }
        return upload
    }
}

import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// Style, script and icon of the console, named by their content so that they can be cached for ever.
struct PageAsset: Sendable {
    let path: String, contentType: String, bytes: [UInt8]

    private init(_ stem: String, _ suffix: String, contentType: String, bytes: [UInt8]) {
        let digest = SHA256.hash(data: bytes).prefix(6).map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        path = "/assets/\(stem).\(digest).\(suffix)"
        self.contentType = contentType
        self.bytes = bytes
    }

    static let style = PageAsset("overview", "css", contentType: "text/css; charset=utf-8", bytes: PackageResources.overview_css)
    static let script = PageAsset("overview", "js", contentType: "text/javascript; charset=utf-8", bytes: PackageResources.overview_js)

    /// A box passing from one side of a dock to the other.
    static let icon = PageAsset("icon", "svg", contentType: "image/svg+xml", bytes: Array("""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#0b5cad" d="M1 1h3v14H1zM12 1h3v14h-3z"/><path fill="#e0902c" d="M5 5h6v6H5z"/></svg>
        """.utf8))

    func add(to router: RouterGroup<AppContext>) {
        let (bytes, contentType) = (ByteBuffer(bytes: bytes), contentType)
        router.get(RouterPath(path)) { _, _ in
            Response(status: .ok, headers: [.contentType: contentType, .cacheControl: "public, max-age=31536000, immutable"], body: .init(byteBuffer: bytes))
        }
    }
}

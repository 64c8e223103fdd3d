import CQPDF
package import Domain

/// Why a PDF of somebody else's could not be bound into ours.
package enum PDFError: HubError, Equatable {
    /// `part` counts from 1 in the order given.
    case unreadable(part: Int, reason: String)
    case encrypted(part: Int)
    case tooManyPages(Int)
    case failed(String)

    package var code: String {
        switch self {
        case .unreadable: "pdf_unreadable"
        case .encrypted: "pdf_encrypted"
        case .tooManyPages: "pdf_too_many_pages"
        case .failed: "pdf_failed"
        }
    }
    package var sentence: String {
        switch self {
        case .unreadable(let part, let reason): "Part \(part) is no PDF that can be read (\(reason)). Fetch it again from whoever made it."
        case .encrypted(let part): "Part \(part) is locked by a password. Ask whoever made it for one without."
        case .tooManyPages(let most): "Together the parts have more than \(most) pages. Print them in several files."
        case .failed(let reason): "The parts could not be bound into one file: \(reason)."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// Binds the pages of several PDFs into one, untouched and in the order given: labels of carriers and labels of our own become one print job.
package enum PDFBinding {
    package static let maximumPages = 4000

    /// - Note: Takes the processor; call it off the event loops.
    package static func bind(_ parts: [[UInt8]]) throws(PDFError) -> [UInt8] {
        let bound = Handle()
        guard bound.isFine(qpdf_empty_pdf(bound.data)) else { throw .failed(bound.complaint) }
        // Their objects are read when the whole is written: they live until then, and so do their bytes.
        var opened: [Handle] = [], pages = 0
        for (index, bytes) in parts.enumerated() {
            let part = Handle(bytes)
            guard part.read() else { throw .unreadable(part: index + 1, reason: part.complaint) }
            guard qpdf_is_encrypted(part.data) == 0 else { throw .encrypted(part: index + 1) }
            let count = Int(qpdf_get_num_pages(part.data))
            guard count > 0 else { throw .unreadable(part: index + 1, reason: "it has no page") }
            pages += count
            guard pages <= maximumPages else { throw .tooManyPages(maximumPages) }
            for page in 0..<count {
                guard bound.isFine(qpdf_add_page(bound.data, part.data, qpdf_get_page_n(part.data, page), 0)) else { throw .unreadable(part: index + 1, reason: bound.complaint) }
            }
            opened.append(part)
        }
        guard bound.isFine(qpdf_init_write_memory(bound.data)) else { throw .failed(bound.complaint) }
        qpdf_set_deterministic_ID(bound.data, 1)
        guard bound.isFine(qpdf_write(bound.data)), let buffer = qpdf_get_buffer(bound.data) else { throw .failed(bound.complaint) }
        let whole = [UInt8](UnsafeBufferPointer(start: buffer, count: qpdf_get_buffer_length(bound.data)))
        withExtendedLifetime(opened) {}
        return whole
    }

    /// How many pages a PDF has.
    package static func pages(of bytes: [UInt8]) throws(PDFError) -> Int {
        let part = Handle(bytes)
        guard part.read() else { throw .unreadable(part: 1, reason: part.complaint) }
        return Int(qpdf_get_num_pages(part.data))
    }

    /// One open document; its bytes stay where they are as long as it is open.
    private final class Handle {
        let data: qpdf_data
        private let bytes: UnsafeMutableBufferPointer<CChar>

        init(_ source: [UInt8] = []) {
            data = qpdf_init()
            bytes = .allocate(capacity: source.count)
            _ = bytes.initialize(from: source.map { CChar(bitPattern: $0) })
            qpdf_silence_errors(data)
            qpdf_set_suppress_warnings(data, 1)
        }

        deinit {
            var handle: qpdf_data? = data
            qpdf_cleanup(&handle)
            bytes.deallocate()
        }

        func read() -> Bool { isFine(qpdf_read_memory(data, "part", bytes.baseAddress, UInt64(bytes.count), nil)) }

        /// Warnings are mended by the library itself; an error is not.
        func isFine(_ code: QPDF_ERROR_CODE) -> Bool { code & 2 == 0 }

        var complaint: String {
            guard qpdf_has_error(data) != 0, let text = qpdf_get_error_message_detail(data, qpdf_get_error(data)) else { return "it is damaged" }
            return String(String(cString: text).prefix(120))
        }
    }
}

package import Domain

/// Every connector the hub knows, by platform. Filled in one place, the executable.
package struct ConnectorRegistry: Sendable {
    private let types: [PlatformName: any Connector.Type]
    package init(_ types: [any Connector.Type]) {
        self.types = Dictionary(types.map { ($0.descriptor.platform, $0) }, uniquingKeysWith: { first, _ in first })
    }
    package var descriptors: [PlatformDescriptor] { types.values.map { $0.descriptor }.sorted { $0.platform < $1.platform } }
    package func type(for platform: PlatformName) -> (any Connector.Type)? { types[platform] }
    package func descriptor(of platform: PlatformName) -> PlatformDescriptor? { types[platform]?.descriptor }
}

extension ConsoleResources {
    static let channels = ConsoleResources()
}

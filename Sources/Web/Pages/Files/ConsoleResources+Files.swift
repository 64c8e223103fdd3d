extension ConsoleResources {
    static let files = ConsoleResources()
}

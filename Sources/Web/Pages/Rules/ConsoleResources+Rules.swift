extension ConsoleResources {
    static let rules = ConsoleResources()
}

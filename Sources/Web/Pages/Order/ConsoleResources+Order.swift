extension ConsoleResources {
    static let order = ConsoleResources()
}

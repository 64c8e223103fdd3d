extension ConsoleResources {
    static let orders = ConsoleResources()
}

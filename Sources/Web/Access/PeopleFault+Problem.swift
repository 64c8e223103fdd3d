import HTTPTypes
import Hub

extension APIProblem {
    init(_ fault: PeopleFault) {
        let status: HTTPResponse.Status = switch fault {
        case .wrongSignIn, .codeNeeded, .wrongCode, .unknownToken: .unauthorized
        case .wrongPassword: .forbidden
        case .tooManyAttempts: .tooManyRequests
        case .busy: .serviceUnavailable
        case .unknownPerson: .notFound
        case .linkSpent: .gone
        case .emailTaken, .lastAdmin, .hasOwner, .noSecondFactorPending, .notAPerson: .conflict
        case .weakPassword, .badEmail, .badName, .badSetting: .unprocessableContent
        }
        self.init(status, fault.code, fault.sentence)
        switch fault {
        case .codeNeeded(let ticket), .wrongCode(let ticket): more["ticket"] = ticket
        case .tooManyAttempts(let seconds): retryAfterSeconds = seconds
        case .busy: retryAfterSeconds = 3
        default: break
        }
    }
}

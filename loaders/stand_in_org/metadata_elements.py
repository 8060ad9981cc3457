"""The element names that each metadata type knows; any other is an error of the file."""

from __future__ import annotations

# CustomField
FIELD = frozenset({
    "fullName", "label", "type", "length", "precision", "scale", "required", "unique",
    "externalId", "caseSensitive", "defaultValue", "description", "inlineHelpText", "referenceTo",
    "relationshipName", "relationshipLabel", "relationshipOrder", "deleteConstraint",
    "reparentableMasterDetail", "writeRequiresMasterRead", "displayFormat", "startingNumber",
    "visibleLines", "valueSet", "encryptionScheme", "maskType", "maskChar", "trackHistory",
    "trackFeedHistory", "trackTrending", "securityClassification", "complianceGroup",
    "businessOwnerGroup", "businessOwnerUser", "businessStatus", "lookupFilter", "formula",
    "formulaTreatBlanksAs", "deprecated", "isFilteringDisabled", "isNameField",
    "isSortingDisabled", "stripMarkup", "summarizedField", "summaryForeignKey",
    "summaryOperation",
})  # fmt: skip

# CustomObject
OBJECT = frozenset({
    "actionOverrides", "allowInChatterGroups", "businessProcesses", "compactLayoutAssignment",
    "compactLayouts", "customHelp", "customHelpPage", "customSettingsType", "deploymentStatus",
    "deprecated", "description", "enableActivities", "enableBulkApi", "enableChangeDataCapture",
    "enableEnhancedLookup", "enableFeeds", "enableHistory", "enableLicensing", "enableReports",
    "enableSearch", "enableSharing", "enableStreamingApi", "externalSharingModel", "fieldSets",
    "fields", "gender", "household", "indexes", "label", "listViews", "nameField", "pluralLabel",
    "profileSearchLayouts", "publishBehavior", "recordTypeTrackFeedHistory",
    "recordTypeTrackHistory", "recordTypes", "searchLayouts", "sharingModel", "sharingReasons",
    "sharingRecalculations", "startsWith", "validationRules", "visibility", "webLinks",
})  # fmt: skip

# PermissionSet
PERMISSION_SET = frozenset({
    "fullName", "applicationVisibilities", "classAccesses", "customMetadataTypeAccesses",
    "customPermissions", "customSettingAccesses", "description", "externalDataSourceAccesses",
    "fieldPermissions", "flowAccesses", "hasActivationRequired", "label", "license",
    "objectPermissions", "pageAccesses", "recordTypeVisibilities", "tabSettings", "userLicense",
    "userPermissions",
})  # fmt: skip

# The system permissions that a permission set of this org can give.
SYSTEM_PERMISSIONS = frozenset({
    "ApiEnabled", "BulkApiHardDelete", "CreateAuditFields", "EditEvent", "EditTask",
    "ManageUsers", "ModifyAllData", "ModifyMetadata", "QueryAllFiles", "UpdateWithInactiveOwners",
    "ViewAllData", "ViewSetup", "ConvertLeads", "ImportLeads", "RunReports", "ViewAllUsers",
    "AssignPermissionSets",
})  # fmt: skip

# AccountSettings
ACCOUNT_SETTINGS = frozenset({
    "enableAccountDiscovery", "enableAccountHistoryTracking", "enableAccountInsightsInMobile",
    "enableAccountOwnerReport", "enableAccountTeams", "enableContactHistoryTracking",
    "enableRelateContactToMultipleAccounts", "showViewHierarchyLink",
})  # fmt: skip

# SecuritySettings
SECURITY_SETTINGS = frozenset({
    "canUsersGrantLoginAccess", "enableAdminLoginAsAnyUser", "enableAuditFieldsInactiveOwner",
    "enableAuraSecureEvalPref", "enableRequireHttpsConnection", "networkAccess",
    "passwordPolicies", "sessionSettings", "singleSignOnSettings",
})  # fmt: skip

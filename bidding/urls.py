from django.urls import path

from bidding.views import bids, participation, receipt, sealing, submission, tus

app_name = "bidding"

urlpatterns = [
    path("tenders/<str:code>/join/", participation.join, name="join"),
    path("tenders/<str:code>/bid/", sealing.bid, name="bid"),
    path("tenders/<str:code>/bid/standing/", sealing.bid_standing, name="bid_standing"),
    path("tenders/<str:code>/bid/key/", sealing.bid_key, name="bid_key"),
    path("uploads/<uuid:upload>/", tus.upload, name="upload"),
    path("uploads/<uuid:upload>/assemble/", submission.assemble, name="assemble"),
    path("uploads/<uuid:upload>/stored/", submission.stored, name="stored"),
    path("uploads/<str:code>/<str:envelope>/", tus.uploads, name="uploads"),
    path("submit/<str:code>/<str:envelope>/", submission.submit, name="submit"),
    path("submit/<str:code>/<str:envelope>/withdraw/", submission.withdraw, name="withdraw"),
    path("bids/", bids.bids, name="bids"),
    path("bids/receipts/<str:code>/", receipt.receipt, name="receipt"),
    path("bids/receipts/<str:code>/json/", receipt.receipt_json, name="receipt_json"),
    path("bids/receipts/<str:code>/pdf/", receipt.receipt_pdf, name="receipt_pdf"),
    path(
        "bids/receipts/<str:code>/receipt.tlog-proof", receipt.receipt_proof, name="receipt_proof"
    ),
    path("bids/receipts/<str:code>/box/", receipt.receipt_box, name="receipt_box"),
    path("receipts/", receipt.check_receipt, name="check_receipt"),
    path("receipts/<str:code>/", receipt.check_receipt, name="check_receipt"),
]

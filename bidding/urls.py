from django.urls import path

from bidding.views import (
    bids,
    minutes,
    opening,
    participation,
    receipt,
    results,
    sealing,
    submission,
    tus,
)

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
    path("bids/receipts/<str:code>/standing/", receipt.receipt_standing, name="receipt_standing"),
    path("receipts/", receipt.check_receipt, name="check_receipt"),
    path("receipts/<str:code>/", receipt.check_receipt, name="check_receipt"),
    # The box and its opening
    path("tenders/<str:code>/participants/", results.participants, name="participants"),
    path("tenders/<str:code>/results/", results.results, name="results"),
    path("tenders/<str:code>/results/<str:manifest>/", results.opened_bid, name="opened_bid"),
    path("tenders/<str:code>/results/files/<int:pk>/", results.opened_file, name="opened_file"),
    path("tenders/<str:code>/box/", results.box, name="box"),
    path("tenders/<str:code>/box/box.json", results.box_json, name="box_json"),
    path("tenders/<str:code>/opening/", opening.opening, name="opening"),
    path("tenders/<str:code>/opening/data/", opening.opening_data, name="opening_data"),
    path("tenders/<str:code>/opening/shares/", opening.opening_post, name="opening_post"),
    path(
        "tenders/<str:code>/opening/progress/", opening.opening_progress, name="opening_progress"
    ),
    path("tenders/<str:code>/minutes/", minutes.minutes, name="minutes"),
    path("tenders/<str:code>/minutes/approve/", minutes.minutes_approve, name="minutes_approve"),
    path("minutes/<str:code>/", minutes.minutes_check, name="minutes_check"),
    path("minutes/<str:code>/pdf/", minutes.minutes_pdf, name="minutes_pdf"),
]
